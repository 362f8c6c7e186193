"""The web page: a real `lotse run` and a browser without a script; answers are chosen by pressing buttons."""

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.session import Screen, Session
from tests.contract.driver import Channel, Shown
from tests.contract.drivers.stored import Stored
from tests.running import running
from tests.web.client import Visit, plain

_BUTTON = re.compile(r'<button form="choices" name="choice" value="\d+:([^"]+)">(.*?)</button>')
_BEGIN_ANEW = re.compile(r'<a class="button" href="/\?lang=\w+">(.*?)</a>')
_HEADING = re.compile(r"<h1>(.*?)</h1>")
_LINK = re.compile(r'href="((?:tel|mailto|https?):[^"]*)"')


class Web:
    """Somebody at our page. What they see for the first time is not stored before they send something."""

    def __init__(self, url: str, file: Path, language: str) -> None:
        self._language = language
        self._url = url
        self._file = file
        self._stored: Stored | None = None
        self._opening = 0
        self._last = 0

    def begin(self) -> Shown:
        self._visit = Visit(self._url, language=self._language)
        self._opening = len(self._visit.page.lines)
        return self._shown(0)

    def say(self, text: str) -> Shown:
        return self._sent(self._visit.page.hidden | {"text": text})

    def choose(self, choice: str) -> Shown:
        return self._sent(self._visit.page.hidden | {"choice": self._visit.page.answers[choice]})

    def later(self, days: float) -> None:
        assert self._stored is not None
        self._stored.age(days)

    def session(self) -> Session | None:
        return self._stored.session() if self._stored else None

    def _sent(self, fields: dict[str, str]) -> Shown:
        page = self._visit.send(fields)
        if not page.lines:  # everything was deleted: a page of its own says so
            return Shown(_seen(_HEADING, page.source), {"restart": _seen(_BEGIN_ANEW, page.source)})
        opening, self._opening = self._opening, 0
        if self._stored is None:
            self._stored = Stored(self._file, self._visit.address)
        return self._shown(opening)

    def _shown(self, known: int) -> Shown:
        """What stands below the last line that was read, and below the first `known` ones."""
        page = self._visit.page
        fresh = [line for line in page.lines[known:] if not line.own and line.id >= self._last]
        self._last = max(line.id for line in page.lines) + 1
        file = self._visit.http.get("/mydata.json").text if any("/mydata.json" in li.source for li in fresh) else ""
        return Shown(
            text="\n".join(line.words for line in fresh),
            choices={choice: plain(html.unescape(label)) for choice, label in _BUTTON.findall(page.source)},
            links=frozenset(html.unescape(link) for line in fresh for link in _LINK.findall(line.source)),
            attached=file,
        )


def _seen(what: re.Pattern[str], source: str) -> str:
    found = what.search(source)
    return plain(html.unescape(found[1])) if found else ""


@contextmanager
def opened(folder: Path) -> Iterator[Callable[[str], Web]]:
    file = folder / "lotse.db"
    with running(folder / "log", database_url=f"sqlite:///{file}") as bot:
        yield lambda language: Web(bot.url, file, language)


CHANNEL = Channel(
    opened,
    Session(channel="web"),
    links=("tel", "mailto", "http", "https"),
    own_words=frozenset({Screen.DELETED}),
    begins_at_once=False,
)
