"""The web page from outside, without a browser: forms, the stream, cookies, what is kept and what is not, kills."""

import random
import re
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from itertools import chain, cycle
from pathlib import Path

import httpx
import pytest

from bot.knowledge import Knowledge
from bot.store.personal import OF_A_PERSON
from tests.conftest import LANGUAGES
from tests.databases import KINDS, bytes_in, new_url
from tests.running import Running, free_port, running
from tests.web.client import TO_THE_RESULT, Awaited, Event, Line, Page, Visit, check, expected, rows

FRAME = "https://beratung.example.org"
SECRET = "Zwetschgenkuchen4711"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One that stands behind https, and that another site may show in a frame."""
    folder = tmp_path_factory.mktemp("public")
    settings = {"public_url": "https://lotse.example.org", "embed_origins": FRAME}
    with running(folder / "log", database_url=f"sqlite:///{folder}/lotse.db", **settings) as bot:
        yield bot


@pytest.fixture
def visit(lotse: Running) -> Callable[..., Visit]:
    """`visit("/?lang=ar")`: somebody new opens the page."""
    return lambda path="/", language="de": Visit(lotse.url, path, language)


def link_of(person: Visit) -> str:
    """The path of a link to go on elsewhere."""
    return "/continue/" + person.post("/elsewhere").text.partition("/continue/")[2].partition("<")[0]


# The conversation.


@pytest.mark.parametrize("language", ["de", "ar"])
def test_a_whole_conversation_by_forms_alone(language: str, visit: Callable[..., Visit], knowledge: Knowledge) -> None:
    """After each answer the page shows what the dialogue says; nothing more, nothing twice."""
    person, (awaited, *turns) = visit(language=language), expected(knowledge, TO_THE_RESULT, language)
    check(person.page.lines, awaited)
    for answer, more in zip(TO_THE_RESULT, turns, strict=True):
        awaited = [*awaited, *more]
        check(person.say(answer).lines, awaited)
    assert person.http.get("/appointment").status_code == 200


def test_a_whole_conversation_by_curl(lotse: Running, tmp_path: Path, knowledge: Knowledge) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl: install Debian's package curl")
    jar = str(tmp_path / "cookies")

    def curl(path: str, *more: str) -> Page:
        command = ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--location", "--cookie", jar]
        done = subprocess.run(
            [*command, "--cookie-jar", jar, *more, f"{lotse.url}{path}"], capture_output=True, text=True, check=True
        )
        return Page(done.stdout)

    page = curl("/")
    for answer in TO_THE_RESULT:
        fields = page.fields(answer)
        page = curl(page.action, *chain(*(("--data-urlencode", f"{name}={value}") for name, value in fields.items())))
    check(page.lines, [*chain(*expected(knowledge, TO_THE_RESULT))])


def test_who_only_looks_leaves_no_row(visit: Callable[..., Visit], lotse: Running, folder: Path) -> None:
    before = rows(folder / "lotse.db")
    looking = visit("/?start=concern-recognition&lang=uk")
    for path in ("/", "/imprint", "/privacy", "/accessibility", "/appointment", "/mydata.json", "/gone", "/continue/x"):
        looking.http.get(path)
    with looking.listen() as stream:
        assert stream.response.status_code == 204, "a browser does not come again"
    assert list(looking.jar) == [], "and no cookie"
    after = rows(folder / "lotse.db")
    assert {name: after[name] for name in (*OF_A_PERSON, "seen")} == {
        name: before[name] for name in (*OF_A_PERSON, "seen")
    }
    looking.say("Krankenschwester")
    assert len(rows(folder / "lotse.db")["people"]) == len(before["people"]) + 1


def test_the_same_id_is_taken_once(visit: Callable[..., Visit]) -> None:
    """A form sent again, or many times at once; what somebody else sends with the same id is another thing."""
    person, other = visit(), visit()
    person.say("recognition")
    other.say("recognition")
    before = [line.words for line in person.page.lines]
    fields = person.page.fields("Krankenschwester") | {"id": "the-same"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: person.post("/say", **fields).status_code, range(8)))
    assert answers == [303] * 8
    once = [line.words for line in person.open().lines]
    assert once[: len(before)] == before
    assert once.count("Ihre Nachricht") == 1
    person.send(fields)
    assert [line.words for line in person.page.lines] == once
    other.send(fields)
    assert [line.words for line in other.page.lines] == once


# The stream.


def test_each_line_comes_once_and_after_a_break_only_the_later_ones(visit: Callable[..., Visit]) -> None:
    person = visit()
    first = person.say("recognition").lines
    with person.listen() as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert stream.lines(len(first)) == first
        both = person.say("Krankenschwester").lines
        assert stream.lines(len(both) - len(first)) == both[len(first) :]
        third = person.say("landkreis_rostock").lines
        assert stream.lines(len(third) - len(both)) == third[len(both) :], "nothing came again in between"
    later = third[len(first) :]
    with person.listen(after=str(first[-1].id)) as stream:
        assert stream.lines(len(later)) == later
    with person.listen(last=both[-1].id, after="0") as stream:
        later = third[len(both) :]
        assert stream.lines(len(later)) == later, "what a browser names itself counts, its address is old"
        person.say("vocational")
        assert stream.lines(1)[0].id > third[-1].id


def test_two_tabs_get_each_line(visit: Callable[..., Visit]) -> None:
    person = visit()
    seen = person.say("recognition").lines
    with person.listen(last=seen[-1].id) as one, person.listen(last=seen[-1].id) as two:
        for answer in ("Krankenschwester", "landkreis_rostock"):
            new = person.say(answer).lines[len(seen) :]
            assert one.lines(len(new)) == two.lines(len(new)) == new
            seen = person.page.lines


def test_a_page_in_another_language_is_told_to_load_again(visit: Callable[..., Visit]) -> None:
    person = visit()
    last = str(person.say("recognition").lines[-1].id)
    with person.listen(lang="ar", after=last) as stream:
        assert [event.name for event in stream] == ["reload"], "and the stream ends"
    with person.listen(lang="de", after=last) as stream:
        person.send(person.page.hidden | {"choice": ":lang:ar"})
        assert [event.name for event in stream] == ["line", "line", "reload"]


@pytest.mark.parametrize("path", ["/say", "/forget"])
def test_every_tab_is_told_that_the_person_is_gone(path: str, visit: Callable[..., Visit]) -> None:
    person = visit()
    person.say("recognition")
    with person.listen(lang="de", after=str(person.page.lines[-1].id)) as stream:
        assert person.post(path, text="/delete").headers["location"] == "/gone?lang=de"
        assert [(event.name, event.data) for event in stream] == [("gone", {"gone": "/gone?lang=de"})]


def test_lines_of_another_worker_arrive(tmp_path: Path) -> None:
    """Two workers on one PostgreSQL: what is said at one is read at the other within five seconds."""
    url = new_url("postgresql", tmp_path)
    with running(tmp_path / "a", database_url=url) as a, running(tmp_path / "b", database_url=url) as b:
        here = Visit(a.url)
        seen = here.say("recognition").lines
        there = Visit(b.url, jar=here.jar)
        assert there.page.lines == seen
        with there.listen(last=seen[-1].id) as stream:
            for answer in TO_THE_RESULT[1:3]:
                asked = time.monotonic()
                new = here.say(answer).lines[len(seen) :]
                assert stream.lines(len(new)) == new
                assert time.monotonic() - asked < 5
                seen = here.page.lines


# What is kept.


def test_what_is_typed_is_kept_nowhere(visit: Callable[..., Visit], folder: Path) -> None:
    """Only what was understood of it: not in the database, nor in the log."""
    person = visit()
    person.say("recognition", f"{SECRET} heiße ich, und ich bin Krankenschwester", SECRET)
    profession = person.stored["people"][0]["state"]["facts"]["profession"]
    assert bytes_in(folder, f'"profession":"{profession}"') != []
    assert bytes_in(folder, SECRET) == []
    assert SECRET not in person.page.source


def test_an_alarm_is_kept_nowhere_and_its_answer_only_until_the_next_message(
    visit: Callable[..., Visit], folder: Path
) -> None:
    person = visit()
    before = person.say("recognition").lines
    alarmed = person.say(f"Mein Mann schlägt mich {SECRET}").lines
    assert alarmed[: len(before)] == before
    assert len(alarmed) == len(before) + 1, "not even that something was written"
    assert "116 016" in alarmed[-1].words
    assert bytes_in(folder, SECRET) == []
    after = person.say("Krankenschwester").lines
    assert after[: len(before)] == before
    assert all("116 016" not in line.words for line in after)
    assert "116 016" not in str(person.stored)


def test_not_a_byte_of_an_alarms_answer_is_left_after_the_next_message(
    visit: Callable[..., Visit], folder: Path
) -> None:
    person = visit()
    person.say("recognition", "Mein Mann schlägt mich")
    assert bytes_in(folder, "116 016") != []
    person.say("Krankenschwester")
    assert bytes_in(folder, "116 016") == []


def test_my_data_is_all_that_is_stored(visit: Callable[..., Visit], folder: Path) -> None:
    person = visit()
    person.say(*TO_THE_RESULT)
    answer = person.http.get("/mydata.json")
    assert answer.headers["content-type"] == "application/json"
    assert "attachment" in answer.headers["content-disposition"]
    stored, address = answer.json(), person.address
    assert stored["people"][0]["state"]["facts"]["place"] == "landkreis_rostock"
    for name, found in rows(folder / "lotse.db").items():
        assert len(stored.get(name, [])) == sum(address in row for row in found), name


@pytest.mark.parametrize("path", ["/say", "/forget"])
def test_deleted_is_deleted(path: str, visit: Callable[..., Visit], folder: Path) -> None:
    """By a word or by the button: no row, no cookie; the old cookie and the link open nothing. Others keep theirs."""
    person, other = visit(), visit()
    other.say("recognition")
    person.say(*TO_THE_RESULT)
    address, kept, link = person.address, other.stored, link_of(person)
    old = {"Cookie": f"lotse={person.key}"}
    assert other.http.get("/mydata.json", headers=old).status_code == 200
    gone = person.post(path, text="/delete")
    assert gone.headers["location"] == "/gone?lang=de"
    assert gone.headers["clear-site-data"] == '"storage"'
    assert list(person.jar) == []
    of_a_person = {name: found for name, found in rows(folder / "lotse.db").items() if name in OF_A_PERSON}
    assert [name for name, found in of_a_person.items() if address in str(found)] == []
    assert other.http.get("/mydata.json", headers=old).status_code == 404
    assert other.post(link).status_code == 404
    assert len(person.open().lines) == 2, "the first page"
    assert other.stored == kept


@pytest.mark.parametrize("path", ["/say", "/forget"])
def test_of_who_deleted_not_even_the_address_is_left(path: str, visit: Callable[..., Visit], folder: Path) -> None:
    person = visit()
    person.say(*TO_THE_RESULT)
    address = person.address
    assert bytes_in(folder, address) != []
    person.post(path, text="/delete")
    assert bytes_in(folder, address) == []


# Who may open what.


def test_cookies(lotse: Running, public: Running) -> None:
    """Never for scripts; beyond this machine over https alone; in a frame for that frame alone."""
    plain, secure = {"Path=/", "HttpOnly", "SameSite=Lax"}, {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"}
    framed = {"Path=/", "HttpOnly", "Secure", "SameSite=None", "Partitioned"}
    for bot, path, name, flags, to in (
        (lotse, "/say", "lotse", plain, "/#latest"),
        (lotse, "/say?embed=1", "lotse", plain, "/#latest"),
        (public, "/say", "__Host-lotse", secure, "/#latest"),
        (public, "/say?embed=1", "__Host-lotse-embedded", framed, "/?embed=1#latest"),
    ):
        answer = httpx.post(f"{bot.url}{path}", data={"text": "Hallo"}, trust_env=False)
        (cookie,) = answer.headers.get_list("set-cookie")
        given, *more = cookie.split("; ")
        assert re.fullmatch(rf"{name}=[\w-]{{43}}", given)
        assert {m for m in more if not m.startswith("Max-Age=")} == flags
        assert answer.headers["location"] == to


def test_a_conversation_in_a_frame_is_another_one(public: Running) -> None:
    framed = Visit(public.url, "/?embed=1")
    framed.say("recognition", "Krankenschwester")
    assert len(framed.page.answers) > 3
    assert framed.page.action == "/say?embed=1"
    assert len(framed.open("/").lines) == 2, "the page that stands alone knows nothing of it"


def test_who_may_show_the_page_in_a_frame(lotse: Running, public: Running) -> None:
    for bot, allowed in ((lotse, "'none'"), (public, f"'self' {FRAME}")):
        for path in ("/", "/?embed=1", "/nowhere"):
            policy = httpx.get(f"{bot.url}{path}", trust_env=False).headers["content-security-policy"]
            assert policy.endswith(f"; frame-ancestors {allowed}")


def test_a_key_that_somebody_chose_is_not_taken_over(lotse: Running, visit: Callable[..., Visit]) -> None:
    chosen = {"Cookie": f"lotse={'c' * 43}"}
    begun = visit().post("/say", chosen, text="Krankenschwester")
    assert begun.status_code == 303
    assert "c" * 43 not in begun.headers["set-cookie"]
    assert len(begun.cookies["lotse"]) == 43
    assert visit().http.get("/mydata.json", headers=chosen).status_code == 404


def test_nothing_but_the_key_opens_a_conversation(visit: Callable[..., Visit], folder: Path) -> None:
    """Not one that is nearly right, nor what the database holds of it, nor the address, nor a link's."""
    person, thief = visit(), visit()
    person.say("recognition")
    link = link_of(person)
    hashes = [str(row[0]) for row in rows(folder / "lotse.db")["web_keys"]]
    wrong = [person.key[:-1], f"{person.key}A", person.key.swapcase(), person.address, link.rpartition("/")[2], *hashes]
    for key in ["", "x" * 5000, *wrong]:
        answer = thief.http.get("/mydata.json", headers={"Cookie": f"lotse={key}"})
        assert answer.status_code == 404, key
    assert thief.post(f"/continue/{person.key}").status_code == 404, "a cookie's key is no link"
    assert thief.http.get("/mydata.json", headers={"Cookie": f"lotse={person.key}"}).status_code == 200


def test_a_link_to_go_on_works_once_and_looking_at_it_does_not_count(visit: Callable[..., Visit]) -> None:
    here, there, third = visit(), visit(), visit()
    shown = here.say("recognition").lines
    link = link_of(here)
    for _ in range(3):
        assert there.http.get(link).status_code == 200
    assert list(there.jar) == []
    assert there.post(link).status_code == 303
    assert there.open().lines == shown
    assert there.key != here.key
    assert third.post(link).status_code == 404
    assert third.post("/continue/" + "x" * 43).status_code == 404
    assert list(third.jar) == []
    here.say("Krankenschwester")
    assert there.open().lines == here.page.lines


def test_keys_end(visit: Callable[..., Visit], folder: Path) -> None:
    """A link after a day, a cookie with the time that a conversation is kept."""
    person, other = visit(), visit()
    person.say("recognition")
    link = link_of(person)
    with closing(sqlite3.connect(folder / "lotse.db")) as connection, connection:
        until = {once: until - time.time() for once, until in connection.execute("SELECT once, until FROM web_keys")}
        assert 86_000 < until[1] < 86_401
        assert until[0] > 80 * 86_400
        connection.execute("UPDATE web_keys SET until = ? WHERE address = ?", (time.time() - 1, person.address))
    assert other.post(link).status_code == 404
    assert person.http.get("/mydata.json").status_code == 404


# Languages.


@pytest.mark.parametrize(
    ("path", "accepts", "language"),
    [
        ("/", "ar-SY,ar;q=0.9", ("ar", "rtl")),
        ("/", "uk", ("uk", "ltr")),
        ("/", "xx", ("de", "ltr")),
        ("/", "", ("de", "ltr")),
        ("/", "xx-YY, en-GB;q=0.5", ("en", "ltr")),
        ("/", "EN-gb", ("en", "ltr")),
        ("/?lang=ar", "uk", ("ar", "rtl")),
        ("/?lang=xx", "uk", ("uk", "ltr")),
        ("/imprint?lang=en", "uk", ("en", "ltr")),
        ("/nowhere?lang=ar", "uk", ("ar", "rtl")),
    ],
)
def test_the_language_of_the_page(
    path: str, accepts: str, language: tuple[str, str], visit: Callable[..., Visit]
) -> None:
    """Asked for in the address, else the browser's, else German; the conversation begins in it."""
    person = visit(path, accepts)
    assert person.page.language == language
    if person.page.action:
        assert person.say("recognition").language == language
        assert person.stored["people"][0]["state"]["language"] == language[0]


@pytest.mark.parametrize("turn", ["", "3"])
def test_another_language_in_the_middle_of_a_question(turn: str, visit: Callable[..., Visit]) -> None:
    person = visit()
    person.say("recognition", "Krankenschwester")
    facts, asking = (person.stored["people"][0]["state"][name] for name in ("facts", "asking"))
    page = person.send(person.page.hidden | {"choice": f"{turn}:lang:ar"})
    assert page.language == ("ar", "rtl")
    state = person.stored["people"][0]["state"]
    assert (state["language"], state["facts"], state["asking"]) == ("ar", facts, asking)
    assert "landkreis_rostock" in page.answers
    assert person.say(*TO_THE_RESULT[2:]).language == ("ar", "rtl")
    assert person.http.get("/appointment").status_code == 200


# Headers and sizes.


def answers_of_every_kind(person: Visit) -> dict[str, httpx.Response]:
    http = person.http
    foreign = {"Origin": "https://evil.example"}
    found = {path: http.get(path) for path in ("/", "/imprint", "/gone", "/continue/x", "/nowhere", "/mydata.json")}
    found["no stream"] = http.get("/events")
    found["foreign"] = person.post("/say", foreign, text="x")
    found["foreign, as JSON"] = person.post("/say", foreign | {"Accept": "application/json"}, text="x")
    found["no form"] = http.post("/say", json={})
    found["nowhere to go on"] = person.post("/elsewhere")
    found["said"] = person.post("/say", text="recognition")
    found["said, as JSON"] = person.post("/say", {"Accept": "application/json"}, text="x")
    found["elsewhere"] = person.post("/elsewhere")
    found["my data"] = http.get("/mydata.json")
    with person.listen() as stream:
        found["stream"] = stream.response
    found["forgotten"] = person.post("/forget")
    return found


def test_headers_of_every_kind_of_answer(visit: Callable[..., Visit]) -> None:
    found = answers_of_every_kind(visit())
    assert {answer.status_code for answer in found.values()} == {200, 204, 303, 403, 404, 415}
    for name, answer in found.items():
        assert answer.headers["cache-control"] == "no-store", name
        check_headers(answer)


def check_headers(answer: httpx.Response) -> None:
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "server" not in answer.headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_headers_of_a_method_that_is_not_allowed(method: str, visit: Callable[..., Visit]) -> None:
    answer = visit().http.request(method, "/")
    assert answer.status_code == 405
    check_headers(answer)


def loaded(page: Page) -> list[str]:
    """The addresses that a browser loads with a page."""
    return sorted(set(re.findall(r'<(?:link|script|img)[^>]* (?:src|href)="([^"]+)"', page.source)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_and_all_that_it_loads_is_small(language: str, visit: Callable[..., Visit]) -> None:
    """Under 60 KB, the result with the whole conversation above it included; what it loads can be kept for ever."""
    person = visit(f"/?lang={language}")
    answers = {path: person.http.get(path) for path in loaded(person.page)}
    assert len(answers) == 3
    for path, answer in answers.items():
        assert path.startswith("/static/")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        check_headers(answer)
    sizes = [len(page.source.encode()) for page in (person.page, person.say(*TO_THE_RESULT))]
    assert max(sizes) + sum(len(answer.content) for answer in answers.values()) < 60_000


# Ends.


def test_fifty_open_pages_do_not_hold_up_the_end(tmp_path: Path) -> None:
    bot = Running(tmp_path / "log", database_url=f"sqlite:///{tmp_path}/lotse.db").wait_ready()
    try:
        with ExitStack() as opened:
            people = [Visit(bot.url) for _ in range(10)]
            for person in people:
                person.say("recognition")
            streams = [opened.enter_context(person.listen()) for person in people for _ in range(5)]
            assert all(len(stream.lines(1)) == 1 for stream in streams)
            asked = time.monotonic()
            assert bot.stop() == 0
            assert time.monotonic() - asked < 5
            for stream in streams:
                assert {event.name for event in stream} == {"line"}, "each ends as it should"
    finally:
        bot.process.kill()


class Person(threading.Thread):
    """Does what the page's script does: sends again with the same id until it is taken, listens again where it was.

    Goes on in whole rounds until it is `enough`. `got` are the lines that came, `lost` the answers that did not,
    `breaks` the streams that broke off.
    """

    answers = (*TO_THE_RESULT, "/back", "full", "/human", "/restart", "Wismar", "/restart")

    def __init__(self, url: str, seed: int, awaited: list[list[Awaited]], enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.visit = Visit(url)
        self.got: list[Line] = []
        self.lost = self.breaks = 0
        self.failure = ""
        self._draw = random.Random(seed)
        self._awaited = awaited
        self._enough = enough
        self._turns = self._last = 0
        self._until = 0.0

    @property
    def must_have(self) -> list[Awaited]:
        """What must be in `got` by now."""
        return [*chain(*self._awaited[1 : self._turns + 1])]

    def run(self) -> None:
        try:
            self._talk()
        except Exception as error:
            self.failure = f"after {len(self.got)} lines: {error!r}"

    def _talk(self) -> None:
        page, hearing = self.visit.page, self._hear()
        for answer in cycle(self.answers):
            self._turns += 1
            self._until = time.monotonic() + 40
            self._send(page.hidden | page.fields(answer) | {"id": f"message-{self._turns}"})
            events = [next(hearing) for _ in self._awaited[self._turns]]
            self.got += [event.line for event in events]
            page = events[-1].page
            page.hidden["begun"] = "1"
            if self._enough.is_set() and self._turns % len(self.answers) == 0:
                break
            time.sleep(self._draw.uniform(0, 0.3))
        hearing.close()

    def _send(self, fields: dict[str, str]) -> None:
        while True:
            self._wait()
            try:
                answer = self.visit.post("/say", {"Accept": "application/json"}, **fields)
                break
            except httpx.ConnectError:
                pass
            except httpx.TransportError:
                self.lost += 1
        assert answer.status_code == 200, answer.text
        self._last = answer.json().get("after", self._last)

    def _hear(self) -> Generator[Event, None, None]:
        while True:
            self._wait()
            with suppress(httpx.TransportError), self.visit.listen(self._last, patience=20) as stream:
                for event in stream:
                    self._last = event.id
                    yield event
            self.breaks += 1

    def _wait(self) -> None:
        assert time.monotonic() < self._until, "no answer"
        time.sleep(0.02)


def campaign(kind: str, kills: int, longest: float, knowledge: Knowledge, folder: Path) -> str:
    """Ten people talk while the process is killed and started again. Gives the figures."""
    draw, enough = random.Random(kills), threading.Event()
    port, settings = free_port(), {"database_url": new_url(kind, folder)}
    awaited = expected(knowledge, Person.answers * (kills + 5))
    bot = Running(folder / "log", port, **settings).wait_ready()
    try:
        people = [Person(bot.url, seed, awaited, enough) for seed in range(10)]
        for person in people:
            person.start()
        for _ in range(kills):
            time.sleep(draw.uniform(0.1, longest))
            bot.kill()
            bot = Running(folder / "log", port, **settings).wait_ready()
        enough.set()
        for person in people:
            person.join(60)
        assert [person.failure for person in people if person.failure] == []
        for person in people:
            check(person.got, person.must_have)
            page = person.visit.open().lines
            assert page[-len(person.got) :] == person.got[-len(page) :]
    finally:
        bot.kill()
    lines, lost, breaks = (sum(n) for n in zip(*((len(p.got), p.lost, p.breaks) for p in people), strict=True))
    return (
        f"{kind}: {kills} kills, {lines} lines once each; {lost} answers lost on the way, {breaks} streams broken off"
    )


def test_five_kills(knowledge: Knowledge, tmp_path: Path) -> None:
    """Every line once, in order, none lost: through the stream, and on the page."""
    print(campaign("sqlite", 5, 0.8, knowledge, tmp_path))


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", KINDS)
def test_sixty_kills(kind: str, knowledge: Knowledge, tmp_path: Path) -> None:
    print("\n" + campaign(kind, 60, 3.0, knowledge, tmp_path))
