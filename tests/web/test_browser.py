"""The web page in a real browser: whole conversations, and everything that a person does around them."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.conversation import Conversation
from bot.knowledge import Knowledge
from bot.rendering.plain import render
from flows.events import Say
from flows.session import Session
from tests.conftest import Clock
from tests.running import Running, free_port, running
from tests.web.browser import DESK, PHONE, Chat, accessible, chromium, plain

IMAGES = Path(__file__).parents[2] / "docs" / "images"
NURSE = {"de": "Krankenschwester", "ar": "ممرضة"}
AFTER_PROFESSION = ("landkreis_rostock", "vocational", "SY", "partial")

Open = Callable[..., Chat]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def lotse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("web")
    with running(folder / "log", database_url=f"sqlite:///{folder}/lotse.db") as bot:
        yield bot


@pytest.fixture
def device(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A person's device: `device(language="ar", size=PHONE)`; its cookies are its own."""
    opened = []

    def new(language: str = "de", size: tuple[int, int] = PHONE, **more: object) -> BrowserContext:
        viewport = {"width": size[0], "height": size[1]}
        opened.append(browser.new_context(locale=language, viewport=viewport, **more))  # type: ignore[arg-type]
        return opened[-1]

    yield new
    for context in opened:
        context.close()


@pytest.fixture
def chat(device: Callable[..., BrowserContext], lotse: Running) -> Open:
    """`chat("ar", PHONE)` opens the page on a new device."""

    def new(language: str = "de", size: tuple[int, int] = PHONE, path: str = "/", **more: object) -> Chat:
        return Chat(device(language, size, **more), lotse.url, path)

    return new


def to_the_result(tab: Chat, language: str) -> None:
    tab.choose("recognition")
    tab.write(NURSE[language])
    for choice in AFTER_PROFESSION:
        tab.choose(choice)


def said(knowledge: Knowledge, conversation: Conversation, does: Callable[[Conversation], object]) -> list[str]:
    """The lines that the dialogue says in a turn, worked out without any page."""
    turn = does(conversation)
    speaker = knowledge.speaker(conversation.session.language)
    texts = [render(e.message, speaker) for e in turn.effects if isinstance(e, Say)]  # type: ignore[attr-defined]
    return [plain(line.removeprefix("• ")) for text in texts for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_a_whole_conversation(
    language: str, size: tuple[int, int], chat: Open, clock: Clock, knowledge: Knowledge, request: pytest.FixtureRequest
) -> None:
    """What the dialogue says is on the page, with what was chosen, at every step; a reload changes nothing."""
    tab, alone = chat(language, size), Conversation(knowledge, clock, Session(channel="web", language=language))
    awaited = said(knowledge, alone, lambda c: c.said("/start"))

    def shown() -> None:
        words = " ".join(tab.texts)
        assert [line for line in awaited if line not in words] == []
        assert tab.overflow() == 0

    shown()
    tab.choose("recognition")
    awaited += said(knowledge, alone, lambda c: c.chose("recognition"))
    tab.write(NURSE[language])
    awaited += [NURSE[language], *said(knowledge, alone, lambda c: c.said(NURSE[language]))]
    shown()
    before = tab.texts
    tab.page.reload()
    assert tab.texts == before
    for choice in AFTER_PROFESSION:
        label = tab.page.locator(f".choices [value$=':{choice}']").inner_text()
        tab.choose(choice)
        awaited += [label, *said(knowledge, alone, lambda c, choice=choice: c.chose(choice))]  # type: ignore[misc]
        shown()
    before = tab.texts
    picture(tab.page, f"web-{language}{'' if size == PHONE else '-wide'}", request)
    tab.page.reload()
    assert tab.texts == before
    assert accessible(tab.page) == ""
    assert tab.errors == []


def picture(page: Page, name: str, request: pytest.FixtureRequest) -> None:
    """With `--update`: the picture for the documentation."""
    if request.config.getoption("--update"):
        page.wait_for_timeout(800)  # smooth scrolling
        page.screenshot(path=IMAGES / f"{name}.png")


def test_without_a_script(chat: Open) -> None:
    """Plain forms: buttons and typed words, to the result, and then everything is deleted."""
    tab = chat(java_script_enabled=False)
    tab.page.click("[value='1:recognition']")
    tab.page.fill("#text", NURSE["de"])
    tab.page.click(".send")
    for turn, choice in enumerate(AFTER_PROFESSION, 3):
        tab.page.click(f"[value='{turn}:{choice}']")
    result = tab.texts
    assert any("IQ Projekt Brücke" in text or "Pflege" in text for text in result)
    assert "#latest" in tab.page.url
    expect(tab.page.locator("#latest")).to_be_in_viewport()
    tab.page.click(".tools a")
    expect(tab.page.locator(".beside section").first).to_be_visible()
    expect(tab.page.locator(".copy, .print").first).to_be_hidden()
    tab.page.go_back()
    tab.menu(".forget")
    tab.page.wait_for_url("**/gone*")
    tab.open("/")
    assert tab.turn == 1


def test_the_keyboard_alone(chat: Open) -> None:
    """Every control is reached by Tab, its focus can be seen, and after an answer one is where one was."""
    tab = chat()
    keys = tab.page.keyboard
    focused = "document.activeElement"

    def tab_to(what: str, most: int = 40) -> None:
        for _ in range(most):
            keys.press("Tab")
            if tab.page.evaluate(f"{focused}.matches({what!r})"):
                outline = tab.page.evaluate(f"getComputedStyle({focused}).outlineStyle")
                assert outline != "none", f"the focus on {what} cannot be seen"
                return
        raise AssertionError(f"{what} is not reached by Tab")

    keys.press("Tab")
    assert tab.page.evaluate(f"{focused}.matches('.skip')")
    tab_to("[value='1:recognition']")
    keys.press("Enter")
    tab.wait(2)
    tab_to("#text")
    keys.type(NURSE["de"])
    keys.press("Enter")
    for turn, choice in enumerate(AFTER_PROFESSION, 3):
        tab.wait(turn)
        tab_to(f"[value='{turn}:{choice}']")
        keys.press("Space")
    tab.wait(7)
    assert tab.page.evaluate(f"{focused} !== document.body")
    tab_to(".tools a")
    keys.press("Shift+Tab")
    tab.page.focus("details.menu summary")
    keys.press("Enter")
    expect(tab.page.locator("details.menu nav")).to_be_visible()
    keys.press("Escape")
    expect(tab.page.locator("details.menu nav")).to_be_hidden()
    assert tab.page.evaluate(f"{focused}.matches('summary')")


def test_killed_in_the_middle(device: Callable[..., BrowserContext], tmp_path: Path) -> None:
    """The server dies and comes back: what was sent meanwhile is answered, once."""
    port, url = free_port(), f"sqlite:///{tmp_path}/lotse.db"
    first = Running(tmp_path / "log", port, database_url=url).wait_ready()
    second = None
    try:
        tab = Chat(device(), first.url)
        tab.choose("recognition")
        first.kill()
        tab.page.fill("#text", NURSE["de"])
        tab.page.press("#text", "Enter")
        expect(tab.page.locator("#status")).to_contain_text("Keine Verbindung")
        second = Running(tmp_path / "log", port, database_url=url).wait_ready()
        tab.wait(3)
        expect(tab.page.locator("#status")).to_be_empty()
        second.process.send_signal(signal.SIGKILL)
        second.process.wait(10)
        tab.page.click("[value='3:landkreis_rostock']")
        second = Running(tmp_path / "log", port, database_url=url).wait_ready()
        tab.wait(4)
        tab.choose("vocational")
        seen = tab.texts
        assert len(seen) == len(set(seen)), "nothing came twice"
        assert sum(NURSE["de"] in text for text in seen) == 1
        tab.page.reload()
        assert tab.texts == seen
    finally:
        first.kill()
        if second is not None:
            second.kill()


def test_two_tabs(device: Callable[..., BrowserContext], lotse: Running) -> None:
    """Both tabs show the same conversation, whichever one answers."""
    phone = device()
    one = Chat(phone, lotse.url)
    one.choose("recognition")
    two = Chat(phone, lotse.url)
    two.write("/restart")
    one.wait(3)
    one.choose("recognition")
    two.wait(4)
    assert one.texts == two.texts
    assert len(one.page.locator(".choices").all()) == 1, "only the newest buttons are there"


def test_who_reads_further_up_is_not_torn_away(device: Callable[..., BrowserContext], lotse: Running) -> None:
    phone = device()
    reading = Chat(phone, lotse.url)
    to_the_result(reading, "de")
    other = Chat(phone, lotse.url)
    reading.page.wait_for_timeout(1000)
    reading.page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    other.write("/help")
    expect(reading.page.locator(".below")).to_be_visible()
    assert reading.page.evaluate("scrollY") == 0
    reading.page.click(".below")
    expect(reading.page.locator("#log .line.bot").last).to_be_in_viewport()


def test_another_language_in_the_middle(chat: Open) -> None:
    """The whole page turns, and no answer is lost."""
    tab = chat()
    tab.choose("recognition")
    tab.page.click(".languages [value=':lang:ar']")
    expect(tab.page.locator("html[dir=rtl][lang=ar]")).to_be_attached()
    tab.wait(3)
    tab.write(NURSE["ar"])
    for choice in AFTER_PROFESSION:
        tab.choose(choice)
    expect(tab.page.locator(".tools")).to_be_visible()
    assert accessible(tab.page) == "", "the page with both languages"


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible(language: str, scheme: str, chat: Open) -> None:
    """axe-core, WCAG 2.2 AA: the question, the open menu, the result, and each page around them."""
    tab = chat(language, color_scheme=scheme, reduced_motion="reduce")
    found = {"first": accessible(tab.page)}
    tab.page.click("details.menu summary")
    found["menu"] = accessible(tab.page)
    tab.page.click("details.menu summary")
    to_the_result(tab, language)
    found["result"] = accessible(tab.page)
    tab.write("/mydata")
    found["my data"] = accessible(tab.page)
    for path in ("/appointment", "/imprint", "/privacy", "/accessibility", "/nowhere", "/continue/x", "/?start=iq"):
        tab.open(path)
        found[path] = accessible(tab.page)
    tab.open("/")
    tab.menu("[formaction='/elsewhere']")
    tab.page.wait_for_url("**/elsewhere")
    found["elsewhere"] = accessible(tab.page)
    tab.open("/")
    tab.menu(".forget")
    tab.page.wait_for_url("**/gone*")
    found["gone"] = accessible(tab.page)
    assert {name: what for name, what in found.items() if what} == {}
    assert [e for e in tab.errors if "404" not in e] == []


@pytest.mark.parametrize("language", ["de", "ar"])
def test_small_and_large(language: str, chat: Open) -> None:
    """320 pixels wide, which is also 200 % on a phone and 400 % on a desk; text twice as large; wide spacing."""
    tab = chat(language, (320, 568))
    to_the_result(tab, language)
    assert tab.overflow() == 0
    low = [
        b for b in tab.page.locator(".choices button, .send, summary").all() if (b.bounding_box() or {})["height"] < 44
    ]
    assert low == [], "a thumb needs 44 pixels"
    tab.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert tab.overflow() == 0
    tab.open("/appointment")
    assert tab.overflow() == 0


def test_movement_only_for_those_who_want_it(chat: Open) -> None:
    calm = chat(reduced_motion="reduce")
    moving = """[...document.querySelectorAll('*')].map(e => getComputedStyle(e)).filter(
        s => parseFloat(s.animationDuration) > 0.01 || parseFloat(s.transitionDuration) > 0.01).length"""
    calm.page.click("[value='1:recognition']")
    assert calm.page.evaluate(moving) == 0


def test_what_a_screen_reader_hears(chat: Open) -> None:
    """Answers come into a live log; each says who speaks; the buttons are a named group."""
    tab = chat()
    tab.choose("recognition")
    log = tab.page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log.get_by_role("group", name="Antworten zur Auswahl")).to_be_visible()
    assert tab.texts[-1].startswith("Lotse: ")
    expect(tab.page.get_by_role("textbox", name="Ihre Antwort")).to_be_visible()
    assert tab.page.get_by_role("heading", level=1).count() == 1


def test_delete_and_close(chat: Open) -> None:
    """On a shared phone nothing is left: no cookie, nothing in the tab, and another tab is closed too."""
    tab = chat()
    context = tab.page.context
    tab.choose("recognition")
    tab.write(NURSE["de"])
    other = Chat(context, tab.url)
    assert tab.page.evaluate("sessionStorage.length") == 1
    tab.menu(".forget")
    expect(tab.page.get_by_text("Alles ist gelöscht")).to_be_visible()
    other.page.wait_for_url("**/gone*")
    assert context.cookies() == []
    assert tab.page.evaluate("sessionStorage.length") == 0
    tab.open("/")
    assert len(tab.texts) <= 2
    assert NURSE["de"] not in " ".join(tab.texts)


def test_delete_in_the_conversation(chat: Open) -> None:
    tab = chat()
    tab.choose("recognition")
    tab.page.fill("#text", "/delete")
    tab.page.press("#text", "Enter")
    tab.page.wait_for_url("**/gone*")
    assert tab.page.context.cookies() == []


def test_going_on_elsewhere(chat: Open) -> None:
    """The link opens the conversation on another device, after asking, and only once."""
    here = chat()
    here.choose("recognition")
    before = here.texts
    here.menu("[formaction='/elsewhere']")
    link = here.page.locator(".link .copied").inner_text()
    expect(here.page.locator(".code svg")).to_be_visible()
    there = chat(path=link.removeprefix(here.url))
    there.page.click("form .button")
    there.wait(2)
    assert there.texts == before
    there.write("/restart")
    here.open("/")
    assert here.turn == 3
    third = chat(path=link.removeprefix(here.url))
    third.page.click("form .button")
    expect(third.page.get_by_text("Dieser Link gilt nicht mehr")).to_be_visible()


def test_copying_calling_and_passing_on(chat: Open) -> None:
    tab = chat(permissions=["clipboard-read", "clipboard-write"])
    to_the_result(tab, "de")
    german = tab.page.locator(".german").first
    sentence = german.locator(".copied").inner_text()
    german.locator(".copy").click()
    expect(german.locator(".copy")).to_have_text("Kopiert")
    assert tab.page.evaluate("navigator.clipboard.readText()") == sentence
    hrefs = [a.get_attribute("href") or "" for a in tab.page.locator("#log address a").all()]
    assert any(h.startswith("tel:+49") or h.startswith("tel:0") for h in hrefs)
    assert any(h.startswith("mailto:") for h in hrefs)
    tab.menu(".share")
    expect(tab.page.locator(".share")).to_have_text("Kopiert")
    assert tab.page.evaluate("navigator.clipboard.readText()") == f"{tab.url}/?lang=de"


def test_a_link_with_a_prefill(chat: Open) -> None:
    """Opened by somebody new it is followed at once; by somebody in a conversation only when they say so."""
    tab = chat(path="/?start=concern-recognition&lang=de")
    new = tab.texts
    assert "Beruf" in new[-1]
    tab.write("/restart")
    tab.choose("qualification")
    tab.open("/?start=concern-recognition&lang=de")
    kept = tab.turn
    expect(tab.page.locator(".note")).to_be_visible()
    tab.page.click(".note button")
    tab.wait(kept + 1)
    assert tab.texts[-1] == new[-1]


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_paper_for_the_appointment(language: str, chat: Open, request: pytest.FixtureRequest) -> None:
    """The person's language and German side by side; what is only for the screen is not printed."""
    tab = chat(language, DESK)
    to_the_result(tab, language)
    tab.open("/appointment")
    sections = tab.page.locator(".beside section")
    languages = [s.get_attribute("lang") for s in sections.all()]
    assert languages == (["de"] * len(languages) if language == "de" else [language, "de"] * (len(languages) // 2))
    assert len(languages) >= 2
    tab.page.emulate_media(media="print")
    for only_on_screen in (".print", ".copy", "footer", "a.button"):
        for found in tab.page.locator(only_on_screen).all():
            expect(found).to_be_hidden()
    assert tab.overflow() == 0
    if language != "de":
        one, two = sections.nth(0).bounding_box(), sections.nth(1).bounding_box()
        assert one is not None
        assert two is not None
        assert abs(one["y"] - two["y"]) < 2, "side by side"
    tab.page.emulate_media(media="screen")
    picture(tab.page, f"appointment-{language}", request)


@contextmanager
def other_site(html: str) -> Iterator[int]:
    """Another site that shows one page; gives its port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_in_a_frame_of_another_site(device: Callable[..., BrowserContext], tmp_path: Path) -> None:
    """The script puts the chat into the site that the setting names, a whole conversation goes there; no other site."""
    ours = free_port()
    script = f'<script src="http://127.0.0.1:{ours}/embed.js" data-lang="de"></script>'
    with other_site(f"<!doctype html><title>x</title><h1>Beratung</h1>{script}") as port:
        allowed, strange = f"http://localhost:{port}", f"http://127.0.0.1:{port}"
        bot = Running(tmp_path / "log", ours, database_url=f"sqlite:///{tmp_path}/x.db", embed_origins=allowed)
        try:
            bot.wait_ready()
            page = device(size=DESK).new_page()
            page.goto(allowed)
            frame = page.frame_locator("iframe")
            frame.locator("[value='1:recognition']").click()
            frame.locator("[value^='2:']").first.wait_for()
            frame.locator("#text").fill(NURSE["de"])
            frame.locator("#text").press("Enter")
            for turn, choice in enumerate(AFTER_PROFESSION, 3):
                frame.locator(f"[value='{turn}:{choice}']").click()
            expect(frame.locator(".tools")).to_be_visible()
            page.reload()
            expect(frame.locator(".tools")).to_be_visible()
            frame.locator("summary").click()
            frame.locator(".forget").click()
            expect(frame.get_by_text("Alles ist gelöscht")).to_be_visible()
            page.goto(strange)
            page.wait_for_timeout(1000)
            assert page.frames[1].locator("#log").count() == 0
        finally:
            bot.stop()


def test_too_much_is_told(chat: Open) -> None:
    """Longer than a message may be: told, and the conversation goes on."""
    tab = chat()
    tab.choose("recognition")
    tab.page.evaluate("document.getElementById('text').removeAttribute('maxlength')")
    tab.page.fill("#text", "x" * 70_000)
    tab.page.press("#text", "Enter")
    expect(tab.page.locator("#status")).to_contain_text("zu lang")
    tab.write(NURSE["de"])
