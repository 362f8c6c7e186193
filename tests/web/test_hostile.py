"""Hundreds of hostile requests: each refused, none with an effect on anybody, and the page goes on."""

import json
import random
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from tests.running import Running
from tests.web.client import FORM, TO_THE_RESULT, Visit, rows

HOST = "lotse.example"
SQL = ("' OR 1=1 --", "1; DROP TABLE people", "x' UNION SELECT key FROM web_keys --", '"; DELETE FROM seen; --')
HTML = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'</title><svg onload=alert(1)>", "&lt;<b>")
ODD = (
    "%s%n",
    "{0.__class__}",
    "{{7*7}}",
    "../../etc/passwd",
    "\u202e",
    "💥",
    "x" * 3000,
    "²",
    "[]",
    "null",
    "-1",
    "1.5",
)
WORDS = (*SQL, *HTML, *ODD)
INJECTED = "\r\nX-Evil: 1\r\nSet-Cookie: lotse=evil"

READ = (
    "/",
    "/events",
    "/appointment",
    "/mydata.json",
    "/gone",
    "/imprint",
    "/privacy",
    "/embed.js",
    "/static/x/style.css",
)
SENT = ("/say", "/forget", "/elsewhere", "/continue/{link}")
ORIGINS = (
    "null", "", "https://evil.example", f"https://{HOST}", f"http://{HOST}:81", f"http://{HOST}.evil.example",
    f"http://evil.example/{HOST}", f"http://{HOST}@evil.example", f"http://sub.{HOST}", f"http://{HOST} http://x",
    *WORDS,
)  # fmt: skip
CHOICES = (
    "", ":", "1:", "recognition", "x:recognition", "-1:recognition", "1.0:recognition", "1e3:delete", "0x1:delete",
    " 1:delete", "[1]:delete", "true:delete", "9999999999:delete", "²:delete", f"1:{'x' * 256}", "\x00:delete",
    *(f"{w}:delete" for w in WORDS),
)  # fmt: skip
PATHS = (
    "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static/x/../../etc/passwd", "/static/x/..", "/static/x/%2e%2e",
    "/static/x/%2e%2e%2fsite.py", "/static/x/style.css%00", "/static/x/style.css/", "/static//style.css", "/static/",
    "//evil.example", "//evil.example/%2f..", "/\\evil.example", "/%5cevil.example", "/.git/config", "/lotse.db",
    "/.env",
    "/%00", "/say", "/forget", "/elsewhere", "/continue/", "/continue/a/b", "/metrics", "/imprint/", "/%ff%fe",
    "/%c0%ae%c0%ae/", "http://evil.example/", "*", "/templates/chat.html", f"/{quote(INJECTED)}",
    f"/static/x/{quote(INJECTED)}", *(f"/{quote(w, safe='')}" for w in WORDS),
    *(f"/static/{quote(w)}/x" for w in WORDS),
)  # fmt: skip
LAST = ("", "abc", "0x1", "1e9", "1,2", "9" * 19, "+1", *SQL, *HTML, *ODD)
TYPES = (
    "", "application/json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencodedx",
    "*/*",
)  # fmt: skip
BODIES = (
    "text=a&text=/delete", "id=1&id=2&text=a", "choice=1:a&choice=1:b", "text=&text=", "lang=ar&lang=de&text=a", "",
    "text", "other=1", "text[]=a", "choice[]=1:a", "&".join(f"f{i}=" for i in range(20)) + "&text=a", "&=" * 30_000,
)  # fmt: skip
MALFORMED = (
    b"\r\n\r\n\r\n\x00\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n",
    b"GET / x HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /say HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /say HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\ntext=a",
    b"POST /say HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    b"POST /say HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    f"GET /\r\nX-Evil: 1 HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode(),
)  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_fails(lotse: Running) -> Iterator[None]:
    """Whatever a test sends: the log tells of no error, and the page still answers."""
    before = len(lotse.log.read_bytes())
    yield
    told = [json.loads(line) for line in lotse.log.read_bytes()[before:].splitlines()]
    assert [line for line in told if line["level"] not in ("info", "warning")] == []
    assert len(Visit(lotse.url).page.answers) > 3


@pytest.fixture
def visit(lotse: Running) -> Callable[..., Visit]:
    return lambda path="/": Visit(lotse.url, path)


@dataclass(frozen=True)
class Hostile:
    """What goes over the wire, and how it has to be answered."""

    wire: bytes
    statuses: tuple[int, ...]


def asked(method: str, path: str, *statuses: int, body: str | bytes = b"", **headers: str) -> Hostile:
    """A request with whatever in it, in HTTP as far as that is."""
    data = body.encode() if isinstance(body, str) else body
    given = {"host": HOST, "connection": "close", "content-length": str(len(data))}
    given |= {"content-type": FORM["Content-Type"]} if method == "POST" else {}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return Hostile(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + data, statuses)


def chunked(path: str, body: bytes, *statuses: int) -> Hostile:
    """Without saying how long it is."""
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {FORM['Content-Type']}\r\nConnection: close\r\n"
    parts = (body[i : i + 8000] for i in range(0, len(body), 8000))
    data = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    return Hostile(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + data, statuses)


def sent(bot: Running, wire: bytes) -> bytes:
    """Everything that is answered until the server hangs up."""
    answer = b""
    with socket.create_connection(("127.0.0.1", bot.port), timeout=10) as line, suppress(ConnectionError):
        with suppress(ConnectionError):  # it need not have read everything
            line.sendall(wire)
        while part := line.recv(65_536):
            answer += part
    return answer


def status_of(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    assert found is not None, answer[:200]
    return int(found[1])


def without_headers_of_others(answer: bytes) -> bool:
    head = answer.partition(b"\r\n\r\n")[0].lower()
    return b"\r\nx-evil" not in head and b"set-cookie: lotse=evil" not in head


def hostile(draw: random.Random, victim: str, link: str, attacker: str) -> Iterator[Hostile]:
    """Requests of every kind. `victim`, `attacker`: the keys in their cookies; `link`: the victim's, to go on with."""
    theirs, own = f"lotse={victim}", f"lotse={attacker}"
    harm = ("text=/delete", "choice=:delete", "choice=:restart", "choice=:lang:ar")
    to = [path.format(link=link) for path in SENT]

    # From other sites, with what a browser of the victim's would send along.
    for origin, path in product(ORIGINS, to):
        yield asked("POST", path, 403, body=draw.choice(harm), cookie=theirs, origin=origin)
    for site, path in product(("cross-site", "same-site", "x"), to):
        yield asked("POST", path, 403, body=draw.choice(harm), cookie=theirs, sec_fetch_site=site)
    for kind, path in product(TYPES, to):
        body = draw.choice(
            ('{"text": "/delete"}', "text=/delete", "--x\r\nContent-Disposition: form-data; name=text\r\n")
        )
        yield asked("POST", path, 415, body=body, cookie=theirs, content_type=kind)
    for method, path in product(("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "CONNECT", "FOO"), (*READ, *to)):
        yield asked(method, path, 404, 405, cookie=theirs)
    for path in READ:
        yield asked("POST", path, 404, 405, body=draw.choice(harm), cookie=theirs)

    # Keys that somebody guesses.
    places = draw.sample(range(len(victim)), 10)
    near = [victim[:i] + draw.choice("abcXYZ019") * 2 + victim[i + 2 :] for i in places]
    for key in (*near, victim[:-1], f"{victim}=", victim.swapcase(), f'"{victim}x"', link, "", *WORDS):
        if key != victim:
            yield asked("GET", "/mydata.json", 404, cookie=f"lotse={key}")
    for name in ("lotse-embedded", "__Host-lotse", "__Host-lotse-embedded", "Lotse", "LOTSE"):
        yield asked("GET", "/mydata.json?embed=1", 404, cookie=f"{name}={victim}")
    for key in (victim, link[:-1], f"{link}x", link.swapcase(), *(quote(w, safe="") for w in WORDS[:8])):
        yield asked("POST", f"/continue/{key}", 404, 405, 429)

    # Forms that our page does not send.
    for choice in CHOICES:
        yield asked("POST", "/say", 400, body=urlencode({"choice": choice}), cookie=draw.choice((own, "", "lotse=x")))
    for body in BODIES:
        yield asked("POST", "/say", 400, body=body, cookie=draw.choice((own, "")))
    yield asked("POST", "/say", 400, body=b"choice=\xff\xfe:delete&text=\xc3\x28", cookie=own)
    for path in to:
        large = b"text=" + draw.randbytes(draw.randrange(33_000, 40_000)).hex().encode()
        yield asked("POST", path, 413, body=large, cookie=theirs)
        yield chunked(path, large, 413)

    # Addresses, and what stands around a request.
    for path in PATHS:
        yield asked("GET", path, 404, 400, cookie=theirs)
    for last in LAST:
        yield asked("GET", f"/events?after={quote(last)}", 400, cookie=own)
        if last:
            yield asked("GET", "/events?after=0", 400, cookie=own, last_event_id=last)
    for wire in (*MALFORMED, *(draw.randbytes(draw.randrange(1, 400)) + b"\r\n\r\n" for _ in range(30))):
        yield Hostile(wire, (400,))


def test_hostile_requests(lotse: Running, visit: Callable[..., Visit], folder: Path) -> None:
    """Each is refused, gives no cookie, and leaves everything in the database as it was."""
    victim, attacker = visit(), visit()
    victim.say(*TO_THE_RESULT[:4])
    attacker.say("recognition")
    link = link_of(victim)
    page, before = victim.open(), kept(folder)
    requests = list(hostile(random.Random(7), victim.key, link, attacker.key))
    assert len(requests) > 200
    for request in requests:
        answer = sent(lotse, request.wire)
        assert status_of(answer) in request.statuses, (request.wire[:300], answer[:300])
        assert without_headers_of_others(answer)
        assert b"set-cookie" not in answer.lower()
        assert b"root:" not in answer
    assert kept(folder) == before
    again = victim.open()
    assert again.source.replace(again.hidden["id"], "") == page.source.replace(page.hidden["id"], "")
    assert victim.say(*TO_THE_RESULT[4:]).lines[: len(page.lines)] == page.lines


def link_of(person: Visit) -> str:
    """The key of a link to go on elsewhere."""
    return person.post("/elsewhere").text.partition("/continue/")[2].partition("<")[0]


def kept(folder: Path) -> dict[str, object]:
    """Every row, but for who cleans up."""
    return {name: found for name, found in rows(folder / "lotse.db").items() if name != "leases"}


def test_our_own_pages_may_send(lotse: Running) -> None:
    """What is refused above is refused for what is hostile in it."""
    ours: list[dict[str, str]] = [
        {},
        {"origin": f"http://{HOST}"},
        *({"sec_fetch_site": s} for s in ("same-origin", "none")),
    ]
    for named in ours:
        assert status_of(sent(lotse, asked("POST", "/say", body="text=Krankenschwester", **named).wire)) == 303


def odd() -> Iterator[Hostile]:
    """Requests that nobody need refuse."""
    for words in (INJECTED, *WORDS):
        yield asked("GET", f"/?lang={quote(words)}", 200)
        yield asked("GET", f"/?start={quote(words)}", 200)
        yield asked("GET", f"/gone?lang={quote(words)}", 200)
        yield asked("GET", f"/continue/{quote(words, safe='')}", 200, 404)
    for words in ("*", ",;,", "-", "_", "de-", "zz-zz-zz-zz-zz", "q=1", "a" * 5000, *WORDS):
        yield asked("GET", "/", 200, accept_language=words)
    for words in ("x" * 43, *WORDS):
        yield asked("GET", "/events", 204, cookie=f"lotse={words}")
    for host in ("[", "a b", "[::1]x", "x:99999", "'\"><b>", "evil.example"):
        yield asked("GET", "/imprint", 200, host=host)
    for path, cookie in product(("/forget", "/elsewhere"), ("", "lotse=x")):
        yield asked("POST", path, 303, cookie=cookie)
    yield asked("GET", f"/?{'a=b&' * 10_000}", 200)


def test_odd_requests_that_change_nothing(lotse: Running, folder: Path) -> None:
    """Answered as if nothing were odd: nothing is written, and no header comes out of an address."""
    before = kept(folder)
    for request in odd():
        answer = sent(lotse, request.wire)
        assert status_of(answer) in request.statuses, (request.wire[:300], answer[:300])
        assert without_headers_of_others(answer)
    assert kept(folder) == before


@pytest.mark.parametrize("choice", [
    "1:recognition", "0:recognition", "999999999:recognition", "3:nowhere", "3:place:rostock", "3:nurse", "3:lang:xx",
    ":change:people", "3:show:\x00", *(f"3:{words[:200]}" for words in WORDS),
], ids=lambda choice: ascii(choice)[:20])  # fmt: skip
def test_a_button_that_is_not_there(choice: str, visit: Callable[..., Visit]) -> None:
    """Of an older question, or made up: said kindly, and no answer is changed."""
    person = visit()
    person.say("recognition", "Krankenschwester")
    assert "3:landkreis_rostock" in person.page.answers.values()
    facts = person.stored["people"][0]["state"]["facts"]
    page = person.send(person.page.hidden | {"choice": choice})
    assert page.lines[-1].words.startswith("Dieser Knopf gehört zu einer anderen Frage.")
    assert person.stored["people"][0]["state"]["facts"] == facts


@pytest.mark.parametrize("number", ["", "x" * 65, "ä-1", "a b", "' OR 1=1", "web:other:start"])
def test_an_id_that_our_page_would_not_make_is_not_used(number: str, visit: Callable[..., Visit]) -> None:
    """What comes with it counts all the same, each time."""
    person = visit()
    person.say("recognition")
    for turn in (3, 4):
        person.post("/say", text="/help", id=number)
        assert person.open().answers["continue"] == f"{turn}:continue"
    person.post("/say", text="Krankenschwester", id=number)
    assert number == "" or number not in str(person.stored)


def test_what_is_not_utf_8_is_not_understood(lotse: Running, visit: Callable[..., Visit]) -> None:
    person = visit()
    person.say("recognition")
    request = asked("POST", "/say", body=b"text=\xff\xfe\xc3\x28%ff%ed%a0%80", cookie=f"lotse={person.key}")
    assert status_of(sent(lotse, request.wire)) == 303
    assert "2:" not in str(person.open().answers)
    assert person.stored["people"][0]["state"]["facts"] == {"concern": "recognition"}


@pytest.mark.parametrize("words", [*HTML, *SQL])
def test_what_is_typed_is_only_words(words: str, visit: Callable[..., Visit]) -> None:
    """Kept as a profession's name, and shown on the page, in the stream and on paper as what was typed."""
    person = visit()
    person.say("recognition", words, words)
    assert person.stored["people"][0]["state"]["facts"]["profession_text"] == words
    assert any(f"Gut, ich nehme Ihre Worte: {words}" in line.words for line in person.page.lines)
    person.say("nursing", *TO_THE_RESULT[2:])
    with person.listen() as stream:
        streamed = [event.data["html"] for event in stream.take(len(person.page.lines))]
    paper = person.http.get("/appointment")
    assert paper.status_code == 200
    check_escaped(person.page.source, *streamed, paper.text)


@pytest.mark.parametrize("words", HTML)
def test_what_an_address_holds_is_only_words(words: str, visit: Callable[..., Visit], lotse: Running) -> None:
    address = f"/?start={quote(words)}&lang={quote(words)}&embed={quote(words)}"
    new, known = visit(address), visit()
    assert new.page.hidden["start"] == words
    known.say("recognition")
    pages = [new.page.source, new.say("recognition").source, known.open(address).source]
    pages += [known.http.get(f"{path}{address[1:]}").text for path in ("/gone", "/imprint", "/nowhere", "/appointment")]
    pages.append(new.http.get(f"/continue/{quote(words, safe='')}").text)
    host = asked("POST", "/elsewhere", cookie=f"lotse={known.key}", host=words)
    pages.append(sent(lotse, host.wire).decode())
    check_escaped(*pages)


class Elements(HTMLParser):
    """What a browser would make of a page: `strange` is what no template of ours has."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.strange: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        loads = [value or "" for name, value in attrs if name in ("src", "href", "action", "formaction")]
        is_ours = all(to.startswith(("/", "#", "https://", "tel:", "mailto:")) for to in loads)
        if (
            tag == "b"
            or (tag == "script" and not loads)
            or not is_ours
            or any(name.startswith("on") for name, _ in attrs)
        ):
            self.strange.append(self.get_starttag_text() or tag)


def check_escaped(*sources: str) -> None:
    assert [strange for source in sources for strange in Elements(source).strange] == []


def test_a_person_who_sends_too_much_waits_alone(visit: Callable[..., Visit], folder: Path) -> None:
    person, other = visit(), visit()
    other.say("recognition")
    answers = [person.post("/say", text="/help", id=f"n{number}") for number in range(60)]
    assert [answer.status_code for answer in answers] == [303] * 60
    before = kept(folder)
    too_many = person.post("/say", text="/help")
    assert (too_many.status_code, too_many.headers["retry-after"]) == (429, "60")
    assert "Bitte warten Sie eine Minute" in too_many.text
    told = person.post("/say", {"Accept": "application/json"}, text="/help")
    assert (told.status_code, list(told.json())) == (429, ["error"])
    assert kept(folder) == before
    assert "landkreis_rostock" in other.say("Krankenschwester").answers
    assert person.open().lines != [], "reading is another thing"


def test_a_person_opens_eight_pages_at_once(visit: Callable[..., Visit]) -> None:
    """A ninth has to wait; one that was closed does not count; other people have their own."""
    person, other = visit(), visit()
    person.say("recognition")
    other.say("recognition")
    with ExitStack() as eight:
        for _ in range(8):
            assert eight.enter_context(person.listen()).response.status_code == 200
        with person.listen() as ninth, other.listen() as another:
            assert (ninth.response.status_code, ninth.response.headers["retry-after"]) == (429, "60")
            assert another.response.status_code == 200
    for _ in range(20):
        time.sleep(0.02)  # the server has to notice that the page was closed
        with person.listen() as stream:
            assert len(stream.lines(1)) == 1


def test_who_breaks_off_or_never_ends_hinders_nobody(lotse: Running, visit: Callable[..., Visit]) -> None:
    """A phone that loses its network in the middle of a message is no error; two hundred that dawdle are no load."""
    whole = asked("POST", "/say", body="text=Krankenschwester").wire
    for length in range(20, len(whole), 20):
        with socket.create_connection(("127.0.0.1", lotse.port)) as line:
            line.sendall(whole[:length])
    with ExitStack() as slow:
        for number in range(200):
            line = slow.enter_context(socket.create_connection(("127.0.0.1", lotse.port)))
            line.sendall(whole[: number % len(whole)])
        began = time.monotonic()
        assert len(visit().say(*TO_THE_RESULT).lines) > 10
        assert time.monotonic() - began < 5
