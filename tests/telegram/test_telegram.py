"""Telegram from outside: a real `lotse run`, a Bot API emulator, people who press buttons and write."""

import http.client
import json
import secrets
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.knowledge import Knowledge
from flows.texts import Text
from tests.conftest import LANGUAGES
from tests.databases import bytes_in
from tests.emulator.telegram import Emulator, User
from tests.running import Running, free_port, running

SECRET = "s3cret_-"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("telegram")


@pytest.fixture(scope="module")
def tg() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def bot(tg: Emulator, folder: Path) -> Iterator[Running]:
    with running(
        folder / "log", database_url=f"sqlite:///{folder}/lotse.db", telegram_token=tg.token, telegram_api_url=tg.url
    ) as process:
        yield process


_people = iter(range(1000, 9000))


@pytest.fixture
def person(tg: Emulator, bot: Running) -> User:
    return tg.user(id=next(_people), language_code="de")


def choose(user: User, choice: str, count: int = 1) -> str:
    """Press the button of a choice on the newest message that has it; gives what came, joined."""
    data = next(d for m in reversed(user.messages) for _label, d in m.buttons if d.partition(":")[2] == choice)
    user.press(data)
    return "\n".join(m.text for m in user.wait(count))


def say(user: User, text: str, count: int = 1) -> str:
    user.send(text)
    return "\n".join(m.text for m in user.wait(count))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_conversation(tg: Emulator, bot: Running, knowledge: Knowledge, language: str) -> None:
    user = tg.user(id=next(_people), language_code=language)
    greeting = say(user, "/start", 2)
    assert "Telegram" in greeting
    assert "[DE]" not in greeting
    for choice in ("recognition", "nurse", "rostock", "vocational", "SY"):
        choose(user, choice)
    result = choose(user, "partial", 3)
    assert "0381 377 996 49" in result
    assert "[DE]" not in result
    title = knowledge.catalogue.entries["iq-nursing"].title
    assert knowledge.speaker(language).say(Text(title)) in result


def test_the_chosen_answer_stays_and_its_keyboard_goes(person: User) -> None:
    say(person, "/start", 2)
    question = person.messages[-1]
    query = person.press("Abschluss anerkennen lassen")
    person.wait(1)
    until = time.monotonic() + 5
    while time.monotonic() < until and not person.messages[1].edits:
        time.sleep(0.02)
    edited = next(m for m in person.messages if m.message_id == question.message_id)
    assert edited.text.endswith("➤ Abschluss anerkennen lassen")
    assert edited.buttons == []
    assert person.acknowledged(query)


def test_stale_and_forged_buttons_change_nothing(person: User) -> None:
    say(person, "/start", 2)
    old = person.messages[-1]
    say(person, "1")
    say(person, "Krankenschwester")
    for data in (old.buttons[2][1], "0:nurse", "nurse", "zz:rostock", "3:../../x", "9" * 60):
        person.press_forged(data, old.message_id)
        answer = "\n".join(m.text for m in person.wait(1))
        assert "Dieser Knopf gehört zu einer anderen Frage" in answer
        assert "Wo wohnen Sie?" in answer


def test_deep_links_prefill_and_say_so(person: User) -> None:
    text = say(person, "/start place-rostock", 2)
    assert "Das weiß ich schon: Stadt Rostock" in text
    text = say(person, "/start offer-iq-green")
    assert "Qualifizierung für Energie und Umwelt" in text
    assert "Was ist Ihr Beruf?" in text
    text = say(person, "/start nonsense-<b>x</b>")
    assert "Wobei brauchen Sie Hilfe?" in text
    assert "schon" not in text


def test_what_is_no_text_gets_a_helpful_answer_or_silence(tg: Emulator, person: User) -> None:
    say(person, "/start", 2)
    for send, words in (
        (person.photo, "keine Fotos"),
        (lambda: person.document("zeugnis.pdf"), "keine Fotos"),
        (person.voice, "Sprachnachrichten"),
        (lambda: person.location(54.1, 12.1), "Standort"),
        (person.contact, "nur Text"),
    ):
        send()
        assert words in person.wait(1)[0].text
    message = person.send("hallo")
    person.wait(1)
    person.edit(message, "hallo!")
    assert "geändert" in person.wait(1)[0].text
    person.sticker()
    assert "Guten Tag!" in say(person, "hallo")


def test_groups_channels_and_other_bots_get_silence(tg: Emulator, person: User) -> None:
    group, channel = tg.group("Gruppe"), tg.channel("Kanal")
    group.post("Hallo Lotse", person)
    channel.post("Hallo")
    tg.bot_message(person, "beep")
    say(person, "/start", 2)
    assert group.messages == []
    assert channel.messages == []
    assert len(person.messages) == 2


def test_markup_is_shown_as_it_was_written(person: User) -> None:
    say(person, "/start", 2)
    say(person, "1")
    say(person, "<b>Flusenbändiger</b> & Söhne <script>")
    text = say(person, "<b>Flusenbändiger</b> & Söhne <script>")
    assert "<b>Flusenbändiger</b> & Söhne <script>" in text


def test_a_blocked_bot_is_quiet_until_the_person_writes_again(tg: Emulator, person: User) -> None:
    say(person, "/start", 2)
    person.block()
    person.send("1")
    tg.wait_confirmed()
    time.sleep(1)
    person.unblock()
    assert len(person.messages) == 2, "nothing was sent while the bot was blocked"
    assert "Das geht immer" in say(person, "/help")


def test_trouble_on_the_way_loses_nothing(tg: Emulator, person: User) -> None:
    say(person, "/start", 2)
    for kind in ("500", "drop", "429"):
        tg.fail_next("sendMessage", kind)
        assert "Beruf" in say(person, "1")
        say(person, "/back")
    tg.fail_next("getUpdates", "500", count=2)
    assert "Beruf" in say(person, "1")


def test_the_profile_is_told_once_in_every_language(tg: Emulator, bot: Running, folder: Path) -> None:
    told = [c for c in tg.calls if c.method == "setMyCommands"]
    assert {c.params.get("language_code") or "" for c in told} == {"", *LANGUAGES}
    with running(
        folder / "log2", database_url=f"sqlite:///{folder}/lotse.db", telegram_token=tg.token, telegram_api_url=tg.url
    ):
        time.sleep(0.5)
    assert len([c for c in tg.calls if c.method == "setMyCommands"]) == len(told)


def test_delete_leaves_no_byte(tg: Emulator, bot: Running, folder: Path, person: User) -> None:
    word = f"Flusenbaendiger{secrets.token_hex(6)}"
    say(person, "/start", 2)
    say(person, "1")
    say(person, word)
    say(person, word)
    assert bytes_in(folder, word)
    mine = say(person, "/mydata", 2)
    assert "Das weiß ich von Ihnen" in mine
    file = next(m for m in person.messages if m.document)
    assert word in (file.document or b"").decode()
    assert "gelöscht" in say(person, "/delete")
    until = time.monotonic() + 10
    while time.monotonic() < until and (bytes_in(folder, word) or bytes_in(folder, f"telegram:{person.id}")):
        time.sleep(0.1)
    assert bytes_in(folder, word) == []
    assert bytes_in(folder, f"telegram:{person.id}") == []


def test_the_log_names_nobody_and_quotes_nothing(bot: Running, folder: Path, tg: Emulator, person: User) -> None:
    tg.fail_next("sendMessage", "429")
    say(person, "/start", 2)
    say(person, "Flusenbändigerin")
    log = (folder / "log").read_text("utf-8")
    assert str(person.id) not in log
    assert "Flusenbändigerin" not in log
    assert tg.token not in log
    assert all(json.loads(line) for line in log.splitlines())


def test_webhook(tmp_path: Path) -> None:
    with Emulator() as tg:
        port = free_port()
        url = f"http://127.0.0.1:{port}/hook/telegram"
        with running(
            tmp_path / "log", database_url=f"sqlite:///{tmp_path}/lotse.db", telegram_token=tg.token,
            telegram_api_url=tg.url, telegram_webhook_url=url, telegram_webhook_secret=SECRET, port=port,
        ):  # fmt: skip
            user = tg.user(id=1, language_code="ar")
            greeting = say(user, "/start", 2)
            assert "Lotse" in greeting
            choose(user, "employer")

            def post(body: bytes, secret: str | None) -> int:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
                try:
                    connection.request("POST", "/hook/telegram", body, headers)
                    return connection.getresponse().status
                except (BrokenPipeError, ConnectionResetError):
                    return 413
                finally:
                    connection.close()

            assert post(b"{}", None) == 401
            assert post(b"{}", "wrong") == 401
            assert post(b"x" * (1024 * 1024 + 1), SECRET) == 413
            assert post(b"[", SECRET) == 400
            assert post(b'{"update_id": 1}', SECRET) == 200
        database = sqlite3.connect(tmp_path / "lotse.db")
        assert database.execute("SELECT count(*) FROM people").fetchone() == (1,)
        database.close()
