"""The emulator against a genuine `telegram.Bot`: what our own polling and webhook code may rely on."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import telegram
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from tests.emulator.telegram import Emulator, parse_html


@pytest.fixture(autouse=True)
def _retry_after_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it PTB warns at each RetryAfter, and warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
def tg() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@asynccontextmanager
async def client(tg: Emulator, token: str = "") -> AsyncIterator[telegram.Bot]:
    bot = telegram.Bot(token or tg.token, base_url=f"{tg.url}/bot", base_file_url=f"{tg.url}/file/bot")
    await bot._request[0].initialize()
    await bot._request[1].initialize()
    try:
        yield bot
    finally:
        await bot._request[0].shutdown()
        await bot._request[1].shutdown()


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scenario, 20))


def keyboard(*data: str) -> Keyboard:
    return Keyboard([[Button(f"Label {each}", callback_data=each)] for each in data])


def test_a_conversation_by_polling(tg: Emulator) -> None:
    async def scenario() -> None:
        async with client(tg) as bot:
            user = tg.user(id=77)
            assert (await bot.get_me()).username == "lotse_test_bot"
            poll = asyncio.create_task(bot.get_updates(timeout=10))
            await asyncio.sleep(0.1)
            user.send("/start wege")
            (update,) = await poll
            assert update.message.text == "/start wege"
            assert update.message.from_user.language_code == "uk"
            assert list(update.message.parse_entities().values()) == ["/start"]
            await bot.send_chat_action(77, "typing")
            sent = await bot.send_message(77, "<b>Вітаю</b> &amp; 👋 <a href='https://a.de'>там</a>", parse_mode="HTML")
            assert sent.text == "Вітаю & 👋 там"
            assert [(each.type, each.offset, each.length) for each in sent.entities] == [
                ("bold", 0, 5),
                ("text_link", 11, 3),
            ]
            (got,) = await asyncio.to_thread(user.wait)
            assert (got.text, got.html[:3], got.message_id) == ("Вітаю & 👋 там", "<b>", sent.message_id)
            with pytest.raises(TimeoutError, match="0 of 1"):
                user.wait(timeout=0.01)
            assert [each.method for each in tg.calls] == ["getMe", "getUpdates", "sendChatAction", "sendMessage"]

    run(scenario())


def test_updates_come_again_until_confirmed(tg: Emulator) -> None:
    async def scenario() -> None:
        async with client(tg) as bot:
            user = tg.user()
            user.send("one")
            user.send("two")
            first = await bot.get_updates(limit=1)
            again = await bot.get_updates()
            assert [each.message.text for each in (*first, *again)] == ["one", "one", "two"]
            rest = await bot.get_updates(offset=first[0].update_id + 1)
            assert [each.message.text for each in rest] == ["two"]
            assert [each["message"]["text"] for each in tg.pending] == ["two"]
            assert [each.message.text for each in await bot.get_updates(offset=-1)] == ["two"]
            assert await bot.get_updates(offset=rest[0].update_id + 1) == ()
            await bot.get_updates(allowed_updates=["callback_query"])
            user.send("unasked")
            assert tg.pending == []

    run(scenario())


def test_one_poll_at_a_time(tg: Emulator) -> None:
    async def scenario() -> None:
        async with client(tg) as bot, client(tg) as other:
            older = asyncio.create_task(bot.get_updates(timeout=10))
            await asyncio.sleep(0.1)
            await other.get_updates()
            with pytest.raises(Conflict, match="terminated by other getUpdates"):
                await older
            await bot.set_webhook("http://127.0.0.1:9/")
            with pytest.raises(Conflict, match="while webhook is active"):
                await bot.get_updates()

    run(scenario())


def test_buttons_and_edits(tg: Emulator) -> None:
    async def scenario() -> None:
        async with client(tg) as bot:
            user = tg.user()
            sent = await bot.send_message(user.id, "Choose", reply_markup=keyboard("a:1", "a:2"))
            assert user.messages[0].buttons == [("Label a:1", "a:1"), ("Label a:2", "a:2")]
            query_id = user.press("el a:2")
            (update,) = await bot.get_updates()
            query = update.callback_query
            assert (query.id, query.data, query.message.text) == (query_id, "a:2", "Choose")
            assert query.message.reply_markup == sent.reply_markup
            assert not user.acknowledged(query_id)
            await query.answer("ok")
            assert user.acknowledged(query_id)
            with pytest.raises(BadRequest, match=r"(?i)query is too old"):
                await bot.answer_callback_query("1")
            with pytest.raises(BadRequest, match="not modified"):
                await query.edit_message_text("Choose", reply_markup=keyboard("a:1", "a:2"))
            await query.edit_message_text("<i>Chosen</i>", parse_mode="HTML")
            with pytest.raises(BadRequest, match="not modified"):
                await query.edit_message_text("<em>Chosen</em>", parse_mode="HTML")
            await bot.edit_message_reply_markup(user.id, sent.message_id, reply_markup=keyboard("b"))
            now = user.messages[0]
            assert (now.text, now.html, now.edits) == ("Chosen", "<i>Chosen</i>", ["Choose"])
            with pytest.raises(AssertionError, match="Label b"):
                user.press("a:2")
            assert await bot.delete_message(user.id, sent.message_id)
            assert user.messages[0].deleted
            for call in (bot.edit_message_text("x", user.id, sent.message_id), bot.edit_message_text("x", user.id, 1)):
                with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
                    await call
            user.press_forged("zzz", sent.message_id)
            forged = (await bot.get_updates(offset=-1))[0].callback_query
            assert not forged.message.is_accessible

    run(scenario())


@pytest.mark.parametrize(
    ("text", "extra", "description"),
    [
        (" ", {}, "Message text is empty"),
        ("<b></b>", {"parse_mode": "HTML"}, "Message text is empty"),
        ("😀" * 2049, {}, "Message is too long"),
        ("ä <b>x", {"parse_mode": "HTML"}, 'Can\'t find end tag corresponding to start tag "b"'),
        ("ä <x>", {"parse_mode": "HTML"}, 'Unsupported start tag "x" at byte offset 3'),
        ("1 < 2", {"parse_mode": "HTML"}, 'Unsupported start tag "" at byte offset 2'),
        ("<b><i>x</b>", {"parse_mode": "HTML"}, 'offset 7, expected "</i>", found "</b>"'),
        ("x", {"reply_markup": keyboard("ä" * 33)}, "Button_data_invalid"),
        ("x", {"reply_markup": keyboard(*"x" * 101)}, "Reply markup is too long"),
        ("x", {"chat_id": 1}, "Chat not found"),
    ],
)
def test_bad_requests(tg: Emulator, text: str, extra: dict[str, Any], description: str) -> None:
    async def scenario() -> None:
        async with client(tg) as bot:
            with pytest.raises(BadRequest) as caught:
                await bot.send_message(**{"chat_id": tg.user().id, "text": text, **extra})
            assert description.lower() in caught.value.message.lower()

    run(scenario())


def test_a_text_may_be_as_long_as_allowed_without_its_markup(tg: Emulator) -> None:
    async def scenario() -> None:
        async with client(tg) as bot:
            await bot.send_message(tg.user().id, f"<b>{'😀' * 2048}</b>", parse_mode="HTML")

    run(scenario())


def test_html() -> None:
    pre = '<pre><code class="language-python">a</code></pre>'
    assert parse_html(pre) == ("a", [{"type": "pre", "offset": 0, "length": 1, "language": "python"}])
    assert parse_html("&lt;b&gt; &#228;&#xe4; &nbsp;") == ("<b> ää &nbsp;", [])
    assert parse_html("<blockquote expandable>q</blockquote>")[1][0]["type"] == "expandable_blockquote"
    assert parse_html("<a href='https://a.de?x=1&amp;y=2'>q</a>")[1][0]["url"] == "https://a.de?x=1&y=2"


def test_blocked_and_left_chats(tg: Emulator) -> None:
    async def scenario() -> None:
        async with client(tg) as bot:
            user, group = tg.user(), tg.group()
            user.block()
            with pytest.raises(Forbidden, match="bot was blocked by the user"):
                await bot.send_message(user.id, "x")
            user.unblock()
            await bot.send_message(user.id, "x")
            states = [each.my_chat_member.new_chat_member.status for each in await bot.get_updates()]
            assert states == ["kicked", "member"]
            await bot.leave_chat(group.id)
            with pytest.raises(Forbidden, match="not a member of the group chat"):
                await bot.send_message(group.id, "x")

    run(scenario())


def test_faults(tg: Emulator) -> None:
    async def scenario() -> None:
        async with client(tg) as bot:
            user = tg.user()
            tg.fail_next("sendMessage", "429", retry_after=7)
            tg.fail_next("sendMessage", "500")
            tg.fail_next("sendMessage", "drop")
            with pytest.raises(RetryAfter) as caught:
                await bot.send_message(user.id, "no")
            assert caught.value.retry_after == timedelta(seconds=7)
            with pytest.raises(NetworkError, match="Bad Gateway"):
                await bot.send_message(user.id, "no")
            with pytest.raises(NetworkError, match="disconnected"):
                await bot.send_message(user.id, "no")
            assert user.messages == []
            tg.fail_next("sendMessage", "lose")
            with pytest.raises(NetworkError, match="disconnected"):
                await bot.send_message(user.id, "lost answer")
            tg.fail_next("sendMessage", "slow", seconds=0.5)
            with pytest.raises(TimedOut):
                await bot.send_message(user.id, "slow answer", read_timeout=0.1)
            assert [each.text for each in user.messages] == ["lost answer", "slow answer"]
            assert len(tg.calls) == 5
            await bot.send_message(user.id, "fine")

    run(scenario())


def test_limits_of_one_chat() -> None:
    async def scenario(tg: Emulator) -> None:
        async with client(tg) as bot:
            user, other = tg.user(), tg.user()
            for number in range(3):
                await bot.send_message(user.id, str(number))
            for _ in range(2):
                with pytest.raises(RetryAfter, match="Retry in 0:00:01"):
                    await bot.send_message(user.id, "too many")
            await bot.send_message(other.id, "another chat")
            await asyncio.sleep(1.05)
            await bot.send_message(user.id, "later")
            assert [each.text for each in user.messages] == ["0", "1", "2", "later"]

    with Emulator(limits=True) as tg:
        run(scenario(tg))


def test_limits_over_all() -> None:
    async def scenario(tg: Emulator) -> None:
        async with client(tg) as bot:
            users = [tg.user() for _ in range(40)]
            sends = (bot.send_message(user.id, "x") for user in users)
            answers = await asyncio.gather(*sends, return_exceptions=True)
            assert sum(isinstance(each, telegram.Message) for each in answers) == 30
            assert sum(isinstance(each, RetryAfter) for each in answers) == 10

    with Emulator(limits=True) as tg:
        run(scenario(tg))


@contextmanager
def hook(statuses: list[int], got: list[tuple[str, str | None]]) -> Iterator[str]:
    """A webhook that answers with these statuses in turn, then 200; it notes text and secret of each update."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = telegram.Update.de_json(telegram_json(self.rfile.read(int(self.headers["Content-Length"]))), None)
            got.append((body.message.text, self.headers["X-Telegram-Bot-Api-Secret-Token"]))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def telegram_json(body: bytes) -> dict[str, Any]:
    return telegram.request.BaseRequest.parse_json_payload(body)


def test_webhook(tg: Emulator) -> None:
    got: list[tuple[str, str | None]] = []

    async def scenario(url: str) -> None:
        async with client(tg) as bot:
            user, other = tg.user(), tg.user()
            user.send("before")
            await bot.set_webhook(url, secret_token="s3cret")
            user.send("after")
            await asyncio.to_thread(tg.wait_confirmed)
            assert got == [(text, "s3cret") for text in ("before", "before", "before", "after")]
            info = await bot.get_webhook_info()
            assert (info.url, info.pending_update_count) == (url, 0)
            assert info.last_error_message.startswith("Wrong response from the webhook: 503")
            await bot.delete_webhook()
            other.send("by polling")
            assert (await bot.get_updates())[0].message.text == "by polling"
            with pytest.raises(BadRequest, match="unallowed characters"):
                await bot.set_webhook(url, secret_token="a b")

    with hook([500, 503], got) as url:
        run(scenario(url))


def test_every_kind_of_update_is_genuine(tg: Emulator) -> None:
    async def scenario() -> None:
        async with client(tg) as bot:
            user, group, channel = tg.user(), tg.group(supergroup=True), tg.channel()
            text = user.send("teh")
            user.edit(text, "the")
            user.photo()
            user.voice()
            user.sticker()
            user.location(54.1, 12.1)
            user.contact()
            user.document("cv.pdf", b"%PDF")
            group.post("hello", user)
            tg.bot_message(group)
            channel.post("news")
            group.kick()
            tg.raw_update({"unheard_of": {"a": 1}})
            updates = await bot.get_updates()
            assert len(updates) == 13
            assert updates[1].edited_message.text == "the"
            fields = ["photo", "voice", "sticker", "location", "contact", "document"]
            assert all(getattr(update.message, field) for update, field in zip(updates[2:8], fields, strict=True))
            assert updates[8].message.from_user.id == user.id
            assert updates[9].message.from_user.is_bot
            assert updates[10].channel_post.sender_chat.id == channel.id
            file = await updates[7].message.document.get_file()
            assert bytes(await file.download_as_bytearray()) == b"%PDF"
            assert (await bot.get_chat(group.id)).title == "Group"

    run(scenario())


def test_a_document_of_the_bot(tg: Emulator) -> None:
    async def scenario() -> None:
        async with client(tg) as bot:
            user, data = tg.user(), bytes(range(256)) * 3 + b"\r\n--\r\n"
            sent = await bot.send_document(user.id, data, "<b>x</b>", parse_mode="HTML", filename="слово.pdf")
            assert sent.document.file_name == "слово.pdf"
            (got,) = user.messages
            assert (got.document, got.file_name, got.text) == (data, "слово.pdf", "x")
            await bot.send_document(user.id, sent.document.file_id)
            assert user.messages[1].document == data

    run(scenario())


def test_the_profile(tg: Emulator) -> None:
    async def scenario() -> None:
        async with client(tg) as bot:
            private = telegram.BotCommandScopeAllPrivateChats()
            await bot.set_my_commands([("start", "Почати")], scope=private, language_code="uk")
            assert (await bot.get_my_commands(scope=private, language_code="uk"))[0].description == "Почати"
            assert await bot.get_my_commands(language_code="uk") == ()
            assert await bot.delete_my_commands(scope=private, language_code="uk")
            assert await bot.get_my_commands(scope=private, language_code="uk") == ()
            await bot.set_my_description("long", language_code="de")
            await bot.set_my_short_description("short")
            await bot.set_my_name("Lotse MV")
            assert (await bot.get_my_description("de")).description == "long"
            assert (await bot.get_my_short_description()).short_description == "short"
            assert (await bot.get_my_name()).name == "Lotse MV"
            with pytest.raises(BadRequest, match=r"(?i)command_invalid"):
                await bot.set_my_commands([("Start", "x")])

    run(scenario())


def test_unknown_methods_and_tokens(tg: Emulator) -> None:
    async def scenario() -> None:
        async with client(tg) as bot, client(tg, "1:wrong") as stranger:
            with pytest.raises(InvalidToken, match="'sendTelegram' does not exist"):
                await bot.do_api_request("sendTelegram")
            with pytest.raises(InvalidToken, match="Unauthorized"):
                await stranger.get_me()

    run(scenario())
