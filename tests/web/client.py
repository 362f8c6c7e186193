"""A browser without a screen or a script: it keeps the cookie, fills our forms, reads the stream and the bubbles."""

import html
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson

from bot.channels.web.labels import LABELS
from bot.conversation import Conversation
from bot.knowledge import Knowledge
from bot.rendering.plain import render
from bot.store.schema import METADATA
from flows.events import Say
from flows.session import Session
from flows.texts import Sayable

TO_THE_RESULT = ("recognition", "Krankenschwester", "landkreis_rostock", "vocational", "SY", "partial")
"""What somebody presses and types, from the first page to a result."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_ANSWER = re.compile(r'<button form="choices" name="choice" value="(\d+:[^"]+)">')
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_ACTION = re.compile(r'<form id="composer" [^>]*action="([^"]*)"')
_LINE = re.compile(
    r'<div class="line (own|bot)"(?: data-line="(\d+)")?(.*?)(?=<div class="line |</main>|\Z)', re.DOTALL
)
_BUBBLE = re.compile(r'<(?:p|div) class="bubble.*?(?=<div class="choices"|<p class="tools"|\Z)', re.DOTALL)
_UNSAID = re.compile(r'<span class="who">.*?</span>|<[^>]*>', re.DOTALL)
_ISOLATES = re.compile("[\u2066-\u2069]")


def plain(words: str) -> str:
    """Words as they are compared: without marks of direction, blanks as one."""
    return " ".join(_ISOLATES.sub("", words).split())


@dataclass(frozen=True)
class Line:
    """A bubble: its number, whether it is the person's own, and the words in it."""

    id: int
    own: bool
    words: str
    source: str = field(default="", compare=False, repr=False)


class Page:
    """A page, or the part of one that the stream carries, as somebody sees it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = [
            Line(int(number or 0), who == "own", _words(inside), inside)
            for who, number, inside in _LINE.findall(source)
        ]
        self.answers = {value.partition(":")[2]: value for value in _ANSWER.findall(source)}
        self.hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(source)}
        action = _ACTION.search(source)
        self.action = html.unescape(action[1]) if action else ""

    @property
    def language(self) -> tuple[str, str]:
        """`lang` and `dir` of the page."""
        found = re.search(r'<html lang="(\w+)" dir="(\w+)"', self.source)
        assert found is not None
        return found[1], found[2]

    def fields(self, what: str) -> dict[str, str]:
        """What the browser sends when the button of that name is pressed; where there is none, when it is typed."""
        return self.hidden | ({"choice": self.answers[what]} if what in self.answers else {"text": what})


def _words(inside: str) -> str:
    bubble = _BUBBLE.search(inside)
    return plain(html.unescape(_UNSAID.sub("", bubble[0]))) if bubble else ""


@dataclass(frozen=True)
class Event:
    """One that came through the stream."""

    name: str
    id: int
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        return Page(self.data["html"])

    @property
    def line(self) -> Line:
        (line,) = self.page.lines
        assert line.id == self.id == self.data["line"]
        return line


class Stream:
    """A stream that is open. Reading waits for what comes: httpx.ReadTimeout where nothing does."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._events = self._read()

    def __iter__(self) -> Iterator[Event]:
        """Until the server ends it."""
        return self._events

    def take(self, number: int) -> list[Event]:
        return list(islice(self._events, number))

    def lines(self, number: int) -> list[Line]:
        return [event.line for event in self.take(number)]

    def _read(self) -> Iterator[Event]:
        fields: dict[str, str] = {}
        for row in self.response.iter_lines():
            name, _, value = row.partition(": ")
            if row:
                fields[name] = value
                continue
            if "event" in fields:
                yield Event(fields["event"], int(fields.get("id", 0)), orjson.loads(fields["data"]))
            fields = {}


class Visit:
    """Somebody's browser at our page; `page` is what it shows."""

    def __init__(self, url: str, path: str = "/", language: str = "de", jar: CookieJar | None = None) -> None:
        # To a browser this machine is as safe as https: it sends cookies that are `Secure`.
        self.jar = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https"))) if jar is None else jar
        self.http = httpx.Client(
            base_url=url, cookies=self.jar, headers={"Accept-Language": language}, trust_env=False, verify=False,
            timeout=20, limits=httpx.Limits(max_keepalive_connections=0),
        )  # fmt: skip
        self.page = self.open(path)

    def open(self, path: str = "/") -> Page:
        self.page = Page(self.http.get(path).text)
        return self.page

    def post(self, path: str, headers: dict[str, str] | None = None, /, **fields: str) -> httpx.Response:
        """Send a form; the answer as it is."""
        return self.http.post(path, content=urlencode(fields), headers=FORM | (headers or {}))

    def send(self, fields: dict[str, str]) -> Page:
        """Send the form of the page that is shown, and go where the answer leads."""
        answer = self.post(self.page.action, **fields)
        assert answer.status_code == 303, f"{answer.status_code} {answer.text}"
        return self.open(answer.headers["location"].partition("#")[0])

    def say(self, *answers: str) -> Page:
        """Press the button of that name, or type it where there is none; one answer after another."""
        for answer in answers:
            self.send(self.page.fields(answer))
        return self.page

    @contextmanager
    def listen(self, last: int | None = None, patience: float = 5, **asked: str) -> Iterator[Stream]:
        """The stream; `last` is what a browser names that lost it, `asked` is in the address."""
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        timeout = httpx.Timeout(patience)
        with self.http.stream("GET", "/events", params=asked, headers=headers, timeout=timeout) as response:
            yield Stream(response)

    @property
    def key(self) -> str:
        """What the cookie holds."""
        (cookie,) = self.jar
        return cookie.value or ""

    @property
    def stored(self) -> dict[str, list[dict[str, Any]]]:
        """What is stored of this person: table → rows."""
        found: dict[str, list[dict[str, Any]]] = self.http.get("/mydata.json").json()
        return found

    @property
    def address(self) -> str:
        return str(self.stored["people"][0]["address"])


Awaited = tuple[bool, list[str]]
"""A line that must come: whether it is the person's own, and the words that are in it."""


def expected(knowledge: Knowledge, answers: Sequence[str], language: str = "de") -> list[list[Awaited]]:
    """The lines of the first page, and those that each answer adds: worked out by the dialogue alone."""
    alone = Conversation(knowledge, lambda: datetime.now(UTC), Session(channel="web", language=language))
    buttons: dict[str, Sayable] = {}
    turns = []
    for answer in ("/start", *answers):
        turn = alone.chose(answer) if answer in buttons else alone.said(answer)
        speaker = knowledge.speaker(alone.session.language)
        own = plain(speaker.say(buttons.get(answer, LABELS["own_message"])))
        messages = [e.message for e in turn.effects if isinstance(e, Say)]
        buttons = {c.id: c.label for m in messages for c in m.choices}
        told = [(False, [plain(t.removeprefix("• ")) for t in render(m, speaker).splitlines()]) for m in messages]
        turns.append([*([] if answer.startswith("/") else [(True, [own])]), *told])
    return turns


def check(shown: Sequence[Line], awaited: Sequence[Awaited]) -> None:
    """Each line as awaited, in this order, none missing and none more; numbers rise, where lines have one."""
    assert [line.own for line in shown] == [own for own, _words in awaited]
    for line, (_own, words) in zip(shown, awaited, strict=True):
        assert [w for w in words if w not in line.words] == [], line
    assert all(line.id < later.id or line.id == later.id == 0 for line, later in pairwise(shown))


def rows(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in a SQLite file, table by table."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in METADATA.tables}
