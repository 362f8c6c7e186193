"""A small Bot API server for tests: genuine `telegram.Bot` objects talk to it, tests play the people behind it.

    with Emulator() as tg:
        bot = telegram.Bot(tg.token, base_url=f"{tg.url}/bot", base_file_url=f"{tg.url}/file/bot")
        user = tg.user(first_name="Olena")
        user.send("/start")

The server runs in a thread of its own; everything here may be called from any other thread. `Chat.wait` blocks: in a
coroutine call it through `asyncio.to_thread`. Not emulated: Markdown, albums, inline mode, topics, automatic links.
"""

import asyncio
import json
import math
import re
import socket
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeVar
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

Json = dict[str, Any]
FaultKind = Literal["429", "500", "drop", "lose", "slow"]

TEXT_LIMIT = 4096  # UTF-16 units
CAPTION_LIMIT = 1024  # UTF-16 units
CALLBACK_ANSWER_LIMIT = 200  # characters
BUTTON_DATA_LIMIT = 64  # bytes
BUTTON_LIMIT = 100  # a message
SENDS_A_SECOND = 30  # to all chats
CHAT_BURST = 3  # sends to one chat, which then regains one a second
WEBHOOK_RETRY = 0.2  # seconds
NOT_DELIVERED_UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


class ApiError(Exception):
    """The API's answer to a call that it does not carry out, as the client will read it."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def _bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def _too_many(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


# --- Markup ----------------------------------------------------------------------------------------------------------

_ENTITIES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    **{"a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji"},
}
_ATTRIBUTE = r"""\s+([^\s=>/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[\w.-]+))?"""
_OPENING = re.compile(rf"<([^\s>]*)((?:{_ATTRIBUTE})*)\s*>")
_CLOSING = re.compile(r"</([^\s>]*)\s*>")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot));?", re.IGNORECASE)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])")


def utf16(text: str) -> int:
    """The length of a text in UTF-16 units, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _unescape(text: str) -> str:
    """Resolve the character references that Telegram knows; others stay as they are written."""

    def character(match: re.Match[str]) -> str:
        decimal, hexadecimal, name = match.groups()
        if name:
            return _NAMED[name.lower()]
        code = int(decimal) if decimal else int(hexadecimal, 16)
        return chr(code) if 0 < code < 0x110000 else match[0]

    return _REFERENCE.sub(character, text)


def _opening(html: str, at: int, offset: int) -> tuple[str, Json, int]:
    """Read the start tag at `at`: its name, the fields of its entity and where it ends. ApiError when it is broken."""
    named = re.compile(r"<([^\s>]*)(?=[\s>])").match(html, at)
    if named is None:
        raise _bad(f"can't parse entities: Unclosed start tag at byte offset {offset}")
    name = named[1].lower()
    if name not in _ENTITIES:
        raise _bad(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {offset}')
    tag = _OPENING.match(html, at)
    if tag is None:
        raise _bad(f'can\'t parse entities: Unclosed start tag "{name}" at byte offset {offset}')
    attributes = {key.lower(): _unescape(value.strip("\"'")) for key, value in re.findall(_ATTRIBUTE, tag[2])}
    fields: Json = {"type": _ENTITIES[name]}
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _bad(f'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    if name == "a":
        fields["url"] = attributes.get("href", "")
    elif name == "code" and attributes.get("class", "").startswith("language-"):
        fields["language"] = attributes["class"].removeprefix("language-")
    elif name == "blockquote" and "expandable" in attributes:
        fields["type"] = "expandable_blockquote"
    elif name == "tg-emoji":
        fields["custom_emoji_id"] = attributes.get("emoji-id", "")
    return name, fields, tag.end()


def parse_html(html: str) -> tuple[str, list[Json]]:
    """Split Telegram's HTML into the text shown and its entities (offsets in UTF-16 units). ApiError (400) when bad."""
    shown, at, open_tags, entities = "", 0, list[tuple[str, Json, int]](), list[Json]()
    while at < len(html):
        if html[at] != "<":
            end = html.find("<", at)
            end = len(html) if end < 0 else end
            shown, at = shown + _unescape(html[at:end]), end
            continue
        offset = len(html[:at].encode(errors="surrogatepass"))
        if not html.startswith("</", at):
            name, fields, at = _opening(html, at, offset)
            open_tags.append((name, fields, utf16(shown)))
            continue
        if not open_tags:
            raise _bad(f"can't parse entities: Unexpected end tag at byte offset {offset}")
        closing = _CLOSING.match(html, at)
        if closing is None:
            raise _bad(f"can't parse entities: Unclosed end tag at byte offset {offset}")
        name, fields, start = open_tags.pop()
        if closing[1] and closing[1].lower() != name:
            raise _bad(
                f"can't parse entities: Unmatched end tag at byte offset {offset}, "
                f'expected "</{name}>", found "</{closing[1]}>"'
            )
        entities.append({"offset": start, "length": utf16(shown) - start, **fields})
        at = closing.end()
    if open_tags:
        raise _bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1][0]}\"")
    return shown, [entity for entity in _merged_code(entities) if entity.get("url") != ""]


def _merged_code(entities: list[Json]) -> list[Json]:
    """`<pre><code class="language-x">` is one entity: `pre` with a language; `code` alone has none."""
    spans = {(each["offset"], each["length"]): each for each in entities if each["type"] == "pre"}
    for code in [each for each in entities if each["type"] == "code"]:
        language = {"language": code.pop("language")} if "language" in code else {}
        if block := spans.get((code["offset"], code["length"])):
            block |= language
            entities.remove(code)
    return entities


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Strip the white space around a text, as Telegram does, and fit the entities to what remains."""
    cut, text = utf16(text) - utf16(text.lstrip()), text.strip()
    fitted = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] - cut + entity["length"], utf16(text))
        if end > start:
            fitted.append({**entity, "offset": start, "length": end - start})
    return text, sorted(fitted, key=lambda entity: (entity["offset"], -entity["length"]))


def _commands(text: str) -> list[Json]:
    return [
        {"type": "bot_command", "offset": utf16(text[: each.start()]), "length": utf16(each[0])}
        for each in _COMMAND.finditer(text)
    ]


# --- What calls consist of -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """One call of the API as it came in; `at` is `time.monotonic()`, in seconds."""

    method: str
    params: Json
    at: float


@dataclass(frozen=True)
class Upload:
    """A file that a client sent or a user attached."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Sent:
    """What the bot sent, as it stands at the moment of asking (a snapshot: ask again after an edit)."""

    message_id: int
    text: str  # as shown: without tags; a document's caption
    html: str  # as the bot wrote it
    buttons: list[tuple[str, str]]  # inline buttons: label; callback data, otherwise the URL
    reply_markup: Json
    document: bytes | None
    file_name: str  # of the document, otherwise empty
    edits: list[str]  # former texts, oldest first
    deleted: bool


@dataclass
class _Fault:
    kind: FaultKind
    retry_after: int
    seconds: float


@dataclass(frozen=True)
class _Webhook:
    url: str
    secret: str
    connections: int


def _multipart(body: bytes, boundary: str) -> Json:
    fields: Json = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        name = re.search(r'[; ]name="([^"]*)"', head.decode())
        file = re.search(r'filename="([^"]*)"', head.decode())
        if name:
            fields[name[1]] = Upload(file[1], data) if file else data.decode()
    return fields


async def _params(request: Request) -> Json:
    """A call's parameters, from the query and a body of any of the three kinds."""
    body, kind = await request.body(), request.headers.get("content-type", "")
    params: Json = dict(request.query_params)
    if kind.startswith("application/json"):
        params |= {key: value for key, value in json.loads(body or b"{}").items() if value is not None}
    elif boundary := re.match(r'multipart/form-data;.*boundary="?([^";]+)', kind):
        params |= _multipart(body, boundary[1])
    else:
        params |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return params


def _object(params: Json, name: str, default: Any) -> Any:
    """A parameter that is a JSON value: written as text in forms, as itself in JSON bodies. ApiError when not JSON."""
    value = params.get(name, "")
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else default
    except ValueError as error:
        raise _bad(f"can't parse {name} JSON object") from error


def _number(params: Json, name: str, default: int = 0) -> int:
    try:
        return int(params.get(name, default))
    except ValueError:
        return default


def _buttons(markup: Json) -> list[tuple[str, str]]:
    rows = markup.get("inline_keyboard", [])
    return [(each["text"], each.get("callback_data") or each.get("url", "")) for row in rows for each in row]


class _Limits:
    """Telegram's limits on sends. A refusal opens a window; sends inside it are refused too, but prolong nothing."""

    def __init__(self) -> None:
        self._sends: deque[float] = deque()
        self._chats: dict[int, tuple[float, float]] = {}  # sends left, reckoned at
        self._until: dict[int | None, float] = {}  # None: for all chats

    def wait(self, chat: int, now: float) -> int:
        """Whole seconds to wait before a send to this chat at `now` (monotonic seconds); 0: it goes through."""
        until = max(self._until.get(None, 0), self._until.get(chat, 0))
        if now < until:
            return math.ceil(until - now)
        left, since = self._chats.get(chat, (CHAT_BURST, now))
        left = min(CHAT_BURST, left + now - since)
        while self._sends and self._sends[0] <= now - 1:
            self._sends.popleft()
        if left < 1 or len(self._sends) >= SENDS_A_SECOND:
            self._until[chat if left < 1 else None] = now + 1
            return 1
        self._sends.append(now)
        self._chats[chat] = (left - 1, now)
        return 0


class _HangUp(Response):
    """Not an answer: the connection closes without one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["hang_up"]()
        while (await receive())["type"] != "http.disconnect":
            pass


# --- The people ------------------------------------------------------------------------------------------------------


class Chat:
    """A chat that the bot can write to, and what it has written there."""

    def __init__(self, tg: "Emulator", info: Json) -> None:
        self._tg, self.info = tg, info
        self.id: int = info["id"]
        self.log: dict[int, Json] = {}  # genuine messages of both sides, without deleted ones
        self.sent: dict[int, Sent] = {}
        self.refusal: str | None = None  # why the bot may not write here (403)
        self._waited = 0

    @property
    def messages(self) -> list[Sent]:
        """What the bot sent here, in order, edited and deleted ones included."""
        with self._tg.lock:
            return list(self.sent.values())

    def wait(self, count: int = 1, timeout: float = 10) -> list[Sent]:
        """The next `count` messages of the bot after those waited for before; TimeoutError after `timeout` seconds."""
        with self._tg.lock:
            until = self._waited + count
            if not self._tg.lock.wait_for(lambda: len(self.sent) >= until, timeout):
                new = [each.text for each in self.messages[self._waited :]]
                raise TimeoutError(f"{len(new)} of {count} messages after {timeout} s: {new}")
            self._waited = until
            return self.messages[until - count : until]

    def text_of(self, text: str, sender: Json | None, kind: str = "message") -> int:
        """Put an update with a text in this chat and return its message_id."""
        entities = {"entities": commands} if (commands := _commands(text)) else {}
        return self.put({"text": text, **entities}, sender, kind)

    def put(self, content: Json, sender: Json | None, kind: str = "message") -> int:
        """Put an update with a message of this content and return its message_id."""
        with self._tg.lock:
            message = self.compose(content, sender)
            self.log[message["message_id"]] = message
            self._tg.update(kind, message, self.id)
            return int(message["message_id"])

    def compose(self, content: Json, sender: Json | None) -> Json:
        author = {"from": sender} if sender else {"sender_chat": self.info}
        return {"message_id": self._tg.number(), "date": int(time.time()), "chat": self.info, **author, **content}

    def membership(self, old: str, new: str, by: Json, refusal: str | None) -> None:
        """Change what the bot is here, with the my_chat_member update; `refusal`: why it may not write from now on."""
        with self._tg.lock:
            self.refusal = refusal
            before, after = ({"user": self._tg.me, "status": each, "until_date": 0} for each in (old, new))
            change = {"old_chat_member": before, "new_chat_member": after, "from": by}
            self._tg.update("my_chat_member", {"chat": self.info, "date": int(time.time()), **change}, self.id)


class User(Chat):
    """A person in a private chat with the bot."""

    def __init__(self, tg: "Emulator", info: Json, sender: Json) -> None:
        super().__init__(tg, info)
        self.sender = sender

    def send(self, text: str) -> int:
        """Write to the bot; commands get their entities. All of these return the new message's id."""
        return self.text_of(text, self.sender)

    def photo(self, caption: str | None = None) -> int:
        sizes = [{**self._tg.keep(Upload("photo.jpg", b"jpeg")), "width": n, "height": n} for n in (90, 800)]
        return self.put({"photo": sizes, **({"caption": caption} if caption else {})}, self.sender)

    def voice(self) -> int:
        file = self._tg.keep(Upload("voice.oga", b"ogg"))
        return self.put({"voice": {**file, "duration": 3, "mime_type": "audio/ogg"}}, self.sender)

    def sticker(self) -> int:
        kind: Json = {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": "👍",
        }
        return self.put({"sticker": {**self._tg.keep(Upload("sticker.webp", b"webp")), **kind}}, self.sender)

    def location(self, lat: float, lon: float) -> int:
        return self.put({"location": {"latitude": lat, "longitude": lon}}, self.sender)

    def contact(self) -> int:
        who: Json = {"phone_number": "+4938112345", "first_name": self.sender["first_name"], "user_id": self.id}
        return self.put({"contact": who}, self.sender)

    def document(self, name: str, data: bytes = b"document") -> int:
        return self.put({"document": {**self._tg.keep(Upload(name, data)), "file_name": name}}, self.sender)

    def edit(self, message_id: int, text: str) -> None:
        """Rewrite an own message; KeyError for one that is not there."""
        with self._tg.lock:
            old = {key: value for key, value in self.log[message_id].items() if key != "entities"}
            entities = {"entities": commands} if (commands := _commands(text)) else {}
            self.log[message_id] = {**old, "text": text, "edit_date": int(time.time()), **entities}
            self._tg.update("edited_message", self.log[message_id], self.id)

    def press(self, label_or_data: str, message_id: int | None = None) -> str:
        """Press a button of the newest message that has it (or of that message); returns the query's id.

        A button matches by its callback data or by a part of its label; AssertionError lists the buttons if none does.
        """
        with self._tg.lock:
            shown = [each for each in reversed(self.sent.values()) if not each.deleted]
            if message_id is not None:
                shown = [each for each in shown if each.message_id == message_id]
            for sent in shown:
                rows = sent.reply_markup.get("inline_keyboard", [])
                there = [each for row in rows for each in row if "callback_data" in each]
                exact = [each for each in there if label_or_data in (each["callback_data"], each["text"])]
                for button in exact or [each for each in there if label_or_data in each["text"]]:
                    return self.press_forged(button["callback_data"], sent.message_id)
            listed = "\n".join(f"  {each.message_id}: {each.buttons}" for each in shown if each.buttons)
            raise AssertionError(f"no button {label_or_data!r}; there are, newest first:\n{listed or '  none'}")

    def press_forged(self, data: str, message_id: int) -> str:
        """Send a callback query with any data; for a message that is not there it is an inaccessible one."""
        with self._tg.lock:
            query_id = str(4_000_000_000_000_000 + self._tg.number())
            message = self.log.get(message_id, {"chat": self.info, "message_id": message_id, "date": 0})
            query = {"id": query_id, "from": self.sender, "chat_instance": str(-self.id), "data": data}
            self._tg.queries[query_id] = False
            self._tg.update("callback_query", {**query, "message": message}, self.id)
            return query_id

    def acknowledged(self, query_id: str) -> bool:
        """Whether the bot answered this callback query; KeyError for an unknown one."""
        with self._tg.lock:
            return self._tg.queries[query_id]

    def block(self) -> None:
        self.membership("member", "kicked", self.sender, "Forbidden: bot was blocked by the user")

    def unblock(self) -> None:
        self.membership("kicked", "member", self.sender, None)


class Group(Chat):
    """A group or supergroup with the bot in it."""

    def post(self, text: str, sender: User | None = None) -> int:
        """A member writes; returns the message's id."""
        return self.text_of(text, sender.sender if sender else self._tg.stranger)

    def invite(self) -> None:
        self.membership("left", "member", self._tg.stranger, None)

    def kick(self) -> None:
        refusal = f"Forbidden: bot was kicked from the {self.info['type']} chat"
        self.membership("member", "kicked", self._tg.stranger, refusal)


class Channel(Chat):
    """A channel with the bot in it."""

    def post(self, text: str) -> int:
        """The channel posts; returns the message's id."""
        return self.text_of(text, None, "channel_post")


ChatT = TypeVar("ChatT", bound=Chat)

# --- The server ------------------------------------------------------------------------------------------------------


class Emulator:
    """The API of one bot at `url`; `limits`: whether too many sends are refused with 429."""

    def __init__(self, limits: bool = False) -> None:
        self.token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
        self.me: Json = {"id": 110201543, "is_bot": True, "first_name": "Lotse", "username": "lotse_test_bot"}
        self.stranger: Json = {"id": 700, "is_bot": False, "first_name": "Member"}
        self.lock = threading.Condition(threading.RLock())  # guards everything below
        self.calls: list[Call] = []
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, bool] = {}  # callback queries: answered?
        self._numbers = 1000
        self._limits = _Limits() if limits else None
        self._faults: dict[str, deque[_Fault]] = {}
        self._updates: dict[int, tuple[int, Json]] = {}  # unconfirmed ones with their chats
        self._update_id = 500_000
        self._allowed: list[str] = []
        self._poll = 0  # the newest getUpdates
        self._webhook: _Webhook | None = None
        self._webhook_error: Json = {}
        self._files: dict[str, Upload] = {}
        self._commands: dict[tuple[str, str], list[Json]] = {}
        self._texts: dict[tuple[str, str], str] = {}  # name, description, short description: by language
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()  # set and replaced at every change, in the server's loop
        self._closing = False
        self._methods = self._method_table()

    # Life

    def __enter__(self) -> Self:
        listener = socket.create_server(("127.0.0.1", 0))
        # asyncio does this only for sockets of its own making; without it each answer takes 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        routes = [
            Route("/bot{token}/{method}", self._answer, methods=["GET", "POST"]),
            Route("/file/bot{token}/documents/{path}", self._download),
        ]
        starlette = Starlette(routes=routes, lifespan=self._lifespan)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":  # uvicorn's `send` is a method of the object that knows the connection
                scope["hang_up"] = send.__self__.transport.abort  # type: ignore[attr-defined]
            with suppress(ClientDisconnect):  # a bot that was killed in the middle of a call
                await starlette(scope, receive, send)

        config = uvicorn.Config(
            app, http="h11", ws="none", log_config=None, access_log=False, timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="telegram", daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the emulator did not start")
            time.sleep(0.002)
        return self

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self._closing = True
            self.changed()
        self._server.should_exit = True
        self._thread.join(10)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        async with httpx.AsyncClient(trust_env=False, verify=False, timeout=60) as client:
            delivery = asyncio.create_task(self._deliver(client))
            yield
            delivery.cancel()
            with suppress(asyncio.CancelledError):
                await delivery

    def changed(self) -> None:
        """Wake whoever waits for a change, in this and in the server's thread."""
        self.lock.notify_all()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    # The tests' side

    def user(self, id: int = 0, first_name: str = "Olena", language_code: str = "uk", username: str = "") -> User:  # noqa: A002
        """A person who has opened the bot, which may write to them from now on."""
        names = {"first_name": first_name, **({"username": username} if username else {})}
        info = {"id": id or self.number(), **names}
        language = {"language_code": language_code} if language_code else {}
        return self._open(User(self, {**info, "type": "private"}, {**info, "is_bot": False, **language}))

    def group(self, title: str = "Group", id: int = 0, supergroup: bool = False) -> Group:  # noqa: A002
        kind = "supergroup" if supergroup else "group"
        return self._open(Group(self, {"id": id or -self.number(), "type": kind, "title": title}))

    def channel(self, title: str = "Channel", id: int = 0) -> Channel:  # noqa: A002
        info = {"id": id or -1_000_000_000_000 - self.number(), "type": "channel", "title": title}
        return self._open(Channel(self, info))

    def _open(self, chat: ChatT) -> ChatT:
        with self.lock:
            self.chats[chat.id] = chat
        return chat

    def bot_message(self, chat: Chat, text: str = "beep") -> int:
        """Another bot writes in a chat; returns the message's id."""
        bot = {"id": 800, "is_bot": True, "first_name": "Other", "username": "other_bot"}
        return chat.text_of(text, bot)

    def raw_update(self, update: Json) -> int:
        """Put any update, whatever the bot asked for; without an update_id it gets the next one. Returns the id."""
        with self.lock:
            self._update_id = max(self._update_id + 1, update.get("update_id", 0))
            update_id: int = update.get("update_id", self._update_id)
            self._updates[update_id] = (0, {**update, "update_id": update_id})
            self.changed()
            return update_id

    @property
    def pending(self) -> list[Json]:
        """The updates that the bot has not confirmed, oldest first."""
        with self.lock:
            return [update for _, update in self._updates.values()]

    def wait_confirmed(self, timeout: float = 10) -> None:
        """Wait until the bot has confirmed all updates; TimeoutError tells what is left after `timeout` seconds."""
        with self.lock:
            if not self.lock.wait_for(lambda: not self._updates, timeout):
                raise TimeoutError(f"unconfirmed after {timeout} s: {self.pending}")

    def fail_next(self, method: str, kind: FaultKind, count: int = 1, retry_after: int = 1, seconds: float = 1) -> None:
        """Queue a fault for the next `count` calls of this method.

        "429" (with `retry_after` seconds), "500" (a 502 page) and "drop" (closed connection): the call is not carried
        out. "lose" (closed connection) and "slow" (an answer after `seconds`): it is.
        """
        with self.lock:
            self._faults.setdefault(method.lower(), deque()).extend([_Fault(kind, retry_after, seconds)] * count)

    def expire_queries(self) -> None:
        """Make all callback queries too old to be answered."""
        with self.lock:
            self.queries.clear()

    # What chats need

    def number(self) -> int:
        """The next number for a message, a chat or a query."""
        with self.lock:
            self._numbers += 1
            return self._numbers

    def update(self, kind: str, content: Json, chat: int) -> None:
        """Put an update of this kind unless the bot did not ask for such ones; call with the lock."""
        if kind in self._allowed or (not self._allowed and kind not in NOT_DELIVERED_UNASKED):
            self._update_id += 1
            self._updates[self._update_id] = (chat, {"update_id": self._update_id, kind: content})
        self.changed()

    def keep(self, file: Upload) -> Json:
        """Keep a file for getFile and return the fields that every kind of file has."""
        with self.lock:
            file_id = f"file{self.number()}"
            self._files[file_id] = file
            return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": len(file.data)}

    # Answering

    async def _answer(self, request: Request) -> Response:
        method, params = request.path_params["method"], await _params(request)
        with self.lock:
            self.calls.append(Call(method, params, time.monotonic()))
            queue = self._faults.get(method.lower())
            fault = queue.popleft() if queue else None
        if fault is not None and fault.kind == "drop":
            return _HangUp()
        if fault is not None and fault.kind == "500":
            return HTMLResponse("<html><body><h1>502 Bad Gateway</h1></body></html>", 502)
        response = await self._carry_out(request.path_params["token"], method.lower(), params, fault)
        if fault is not None and fault.kind == "slow":
            await self._sleep(fault.seconds)
        return _HangUp() if fault is not None and fault.kind == "lose" else response

    async def _carry_out(self, token: str, method: str, params: Json, fault: _Fault | None) -> Response:
        try:
            if token != self.token:
                raise ApiError(401, "Unauthorized")
            if fault is not None and fault.kind == "429":
                raise _too_many(fault.retry_after)
            if method == "getupdates":
                return JSONResponse({"ok": True, "result": await self._get_updates(params)})
            if method not in self._methods:
                raise ApiError(404, "Not Found")
            with self.lock:
                result = self._methods[method](params)
                self.changed()
            return JSONResponse({"ok": True, "result": result})
        except ApiError as refused:
            body = {"ok": False, "error_code": refused.code, "description": refused.description}
            parameters = {"parameters": refused.parameters} if refused.parameters else {}
            return JSONResponse({**body, **parameters}, refused.code)

    async def _download(self, request: Request) -> Response:
        with self.lock:
            file = self._files.get(request.path_params["path"])
        if file is None or request.path_params["token"] != self.token:
            return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        return Response(file.data)

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but not past the end of the emulator."""
        until = time.monotonic() + seconds
        while not self._closing and (left := until - time.monotonic()) > 0:
            await self._change(self._news, left)

    @staticmethod
    async def _change(news: asyncio.Event, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), seconds)

    def _method_table(self) -> dict[str, Callable[[Json], Any]]:
        table: dict[str, Callable[[Json], Any]] = {
            "getMe": lambda _: {**self.me, "can_join_groups": True, "can_read_all_group_messages": False},
            "setWebhook": self._set_webhook,
            "deleteWebhook": lambda params: self._set_webhook({**params, "url": ""}),
            "getWebhookInfo": self._webhook_info,
            "sendMessage": self._send_message,
            "sendDocument": self._send_document,
            "sendChatAction": lambda params: self._writable(params) is not None,
            "editMessageText": self._edit_text,
            "editMessageReplyMarkup": self._edit_markup,
            "deleteMessage": self._delete,
            "answerCallbackQuery": self._answer_query,
            "setMyCommands": self._set_commands,
            "getMyCommands": lambda params: self._commands.get(self._scope(params), []),
            "deleteMyCommands": self._delete_commands,
            "leaveChat": self._leave,
            "getChat": self._get_chat,
            "getFile": self._get_file,
        }
        for method, field, limit in (
            ("MyDescription", "description", 512),
            ("MyShortDescription", "short_description", 120),
            ("MyName", "name", 64),
        ):
            table[f"set{method}"] = self._text_setter(field, limit)
            table[f"get{method}"] = self._text_getter(field)
        return {name.lower(): handler for name, handler in table.items()}

    # Updates

    async def _get_updates(self, params: Json) -> list[Json]:
        with self.lock:
            if self._webhook:
                cause = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook"
                raise ApiError(409, f"Conflict: {cause} first")
            self._confirm(_number(params, "offset"))
            self._allowed = _object(params, "allowed_updates", self._allowed)
            self._poll += 1
            mine = self._poll
            self.changed()
        limit = min(max(_number(params, "limit", 100), 1), 100)
        until = time.monotonic() + min(_number(params, "timeout"), 50)
        while True:
            news = self._news
            with self.lock:
                if self._webhook:
                    raise ApiError(409, "Conflict: terminated by setWebhook request")
                if self._poll != mine:
                    cause = "make sure that only one bot instance is running"
                    raise ApiError(409, f"Conflict: terminated by other getUpdates request; {cause}")
                updates = self.pending[:limit]
            left = until - time.monotonic()
            if updates or left <= 0 or self._closing:
                return updates
            await self._change(news, left)

    def _confirm(self, offset: int) -> None:
        """Forget the updates before `offset`; a negative one counts from the end."""
        ids = list(self._updates)
        first = (ids[offset:] or ids[:1] or [0])[0] if offset < 0 else offset
        for update_id in ids:
            if update_id < first:
                del self._updates[update_id]

    def _set_webhook(self, params: Json) -> bool:
        url, secret = params.get("url", ""), params.get("secret_token", "")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise _bad("secret token contains unallowed characters")
        if len(secret) > 256:
            raise _bad("secret token is too long")
        if str(params.get("drop_pending_updates", "")).lower() == "true":
            self._updates.clear()
        if url and not url.startswith(("http://", "https://")):
            raise _bad("bad webhook: An HTTPS URL must be provided for webhook")
        self._allowed = _object(params, "allowed_updates", self._allowed)
        self._webhook = _Webhook(url, secret, _number(params, "max_connections", 40)) if url else None
        self._webhook_error = {}
        return True

    def _webhook_info(self, _: Json) -> Json:
        info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(self._updates)}
        if self._webhook:
            info |= {"url": self._webhook.url, "max_connections": self._webhook.connections, **self._webhook_error}
        return {**info, "allowed_updates": self._allowed} if self._allowed else info

    async def _deliver(self, client: httpx.AsyncClient) -> None:
        """Post the updates to the webhook: one at a time of each chat, different chats at once."""
        busy: dict[int, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as tasks:
            while True:
                news = self._news
                with self.lock:
                    busy = {chat: task for chat, task in busy.items() if not task.done()}
                    for update_id, (chat, update) in self._updates.items():
                        if self._webhook and chat not in busy and len(busy) < self._webhook.connections:
                            busy[chat] = tasks.create_task(self._post(client, self._webhook, update_id, update))
                await news.wait()

    async def _post(self, client: httpx.AsyncClient, webhook: _Webhook, update_id: int, update: Json) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        error = ""
        try:
            response = await client.post(webhook.url, json=update, headers=headers)
            if not response.is_success:
                error = f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
        except httpx.HTTPError as failure:
            error = str(failure) or type(failure).__name__
        if error:
            await asyncio.sleep(WEBHOOK_RETRY)
        with self.lock:
            if error:
                self._webhook_error = {"last_error_date": int(time.time()), "last_error_message": error}
            else:
                self._updates.pop(update_id, None)
            self.lock.notify_all()
        asyncio.get_running_loop().call_later(0, self._wake)  # by then this task is done

    # Messages

    def _chat(self, params: Json) -> Chat:
        """The chat that a call names. ApiError (400) when the bot does not know it."""
        wanted = str(params.get("chat_id", ""))
        if not wanted:
            raise _bad("chat_id is empty")
        for chat in self.chats.values():
            if wanted == str(chat.id):
                return chat
        raise _bad("chat not found")

    def _writable(self, params: Json) -> Chat:
        """The chat that a call names. ApiError (400, 403) when the bot does not know it or may not write there."""
        chat = self._chat(params)
        if chat.refusal:
            raise ApiError(403, chat.refusal)
        return chat

    def _formatted(self, params: Json, name: str) -> Json:
        """A text and its entities, as message fields. ApiError (400) when the markup is bad."""
        text, prefix = str(params.get(name, "")), "caption_" if name == "caption" else ""
        entities = _object(params, f"{prefix}entities", [])
        mode = params.get("parse_mode", "")
        if mode.lower() == "html":
            text, entities = parse_html(text)
        elif mode:
            raise _bad("unsupported parse_mode")
        text, entities = _trimmed(text, entities)
        return {name: text, **({f"{prefix}entities": entities} if entities else {})}

    def _text(self, params: Json) -> Json:
        """A message's text and entities. ApiError (400) when bad, empty or too long, or for an unknown chat."""
        content = self._formatted(params, "text")
        if not content["text"]:
            raise _bad("message text is empty")
        self._chat(params)
        if utf16(content["text"]) > TEXT_LIMIT:
            raise _bad("message is too long")
        return content

    def _markup(self, params: Json) -> Json:
        """The inline keyboard as a message field (other keyboards are none). ApiError (400) when it is bad."""
        markup = _object(params, "reply_markup", {})
        rows = markup.get("inline_keyboard", [])
        buttons = [button for row in rows for button in row]
        for button in buttons:
            if not set(button) - {"text", "style", "icon_custom_emoji_id"} or button.get("callback_data") == "":
                raise _bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if len(buttons) > BUTTON_LIMIT:
            raise _bad("reply markup is too long")
        if any(len(button.get("callback_data", "").encode()) > BUTTON_DATA_LIMIT for button in buttons):
            raise _bad("BUTTON_DATA_INVALID")
        return {"reply_markup": {"inline_keyboard": rows}} if buttons else {}

    def _send_message(self, params: Json) -> Json:
        return self._send(params, self._text(params), None)

    def _send_document(self, params: Json) -> Json:
        content = self._formatted(params, "caption")
        self._chat(params)
        given = params.get("document", "")
        if isinstance(given, str) and given.startswith("attach://"):
            given = params.get(given.removeprefix("attach://"), "")
        file = given if isinstance(given, Upload) else self._files.get(given)
        if file is None:
            raise _bad("wrong file identifier/HTTP URL specified" if given else "there is no document in the request")
        if not file.data:
            raise _bad("file must be non-empty")
        if utf16(content["caption"]) > CAPTION_LIMIT:
            raise _bad("message caption is too long")
        document = {**self.keep(file), "file_name": file.name}
        caption = content if content["caption"] else {}
        return self._send(params, {"document": document, **caption}, file)

    def _send(self, params: Json, content: Json, document: Upload | None) -> Json:
        """Keep a message of the bot. ApiError for a bad keyboard (400), a blocked bot (403), too many sends (429)."""
        markup = self._markup(params)
        chat = self._writable(params)
        if self._limits and (seconds := self._limits.wait(chat.id, time.monotonic())):
            raise _too_many(seconds)
        sender = None if chat.info["type"] == "channel" else self.me
        message = chat.compose({**content, **markup}, sender)
        chat.log[message["message_id"]] = message
        chat.sent[message["message_id"]] = Sent(
            message_id=message["message_id"],
            text=str(content.get("text") or content.get("caption", "")),
            html=str(params.get("text") or params.get("caption", "")),
            buttons=_buttons(markup.get("reply_markup", {})),
            reply_markup=_object(params, "reply_markup", {}),
            document=document.data if document else None,
            file_name=document.name if document else "",
            edits=[],
            deleted=False,
        )
        return message

    def _edited(self, params: Json, content: Json, markup: Json) -> Json:
        """Replace a message's content and keyboard. ApiError (400) when it is not there, not ours or the same."""
        chat, message_id = self._writable(params), _number(params, "message_id")
        old = chat.log.get(message_id)
        if old is None:
            raise _bad("message to edit not found")
        if message_id not in chat.sent:
            raise _bad("message can't be edited")
        if "text" in content and "text" not in old:
            raise _bad("there is no text in the message to edit")
        dropped = {"reply_markup", "entities"} if content else {"reply_markup"}
        new = {**{key: value for key, value in old.items() if key not in dropped}, **content, **markup}
        if new == old:
            raise _bad(NOT_MODIFIED)
        new["edit_date"] = int(time.time())
        sent, shown = chat.sent[message_id], markup.get("reply_markup", {})
        sent = replace(sent, buttons=_buttons(shown), reply_markup=shown)
        if content:
            edits = [*sent.edits, sent.text]
            sent = replace(sent, text=content["text"], html=params["text"], edits=edits)
        chat.log[message_id], chat.sent[message_id] = new, sent
        return new

    def _edit_text(self, params: Json) -> Json:
        return self._edited(params, self._text(params), self._markup(params))

    def _edit_markup(self, params: Json) -> Json:
        return self._edited(params, {}, self._markup(params))

    def _delete(self, params: Json) -> bool:
        chat, message_id = self._chat(params), _number(params, "message_id")
        if chat.log.pop(message_id, None) is None:
            raise _bad("message to delete not found")
        if message_id in chat.sent:
            chat.sent[message_id] = replace(chat.sent[message_id], deleted=True)
        return True

    def _answer_query(self, params: Json) -> bool:
        query_id = str(params.get("callback_query_id", ""))
        if query_id not in self.queries:
            raise _bad("query is too old and response timeout expired or query ID is invalid")
        if len(params.get("text", "")) > CALLBACK_ANSWER_LIMIT:
            raise _bad("MESSAGE_TOO_LONG")
        self.queries[query_id] = True
        return True

    # The bot's profile, chats, files

    @staticmethod
    def _language(params: Json) -> str:
        language = str(params.get("language_code", ""))
        if not re.fullmatch(r"([a-z]{2})?", language):
            raise _bad("invalid language code specified")
        return language

    def _scope(self, params: Json) -> tuple[str, str]:
        scope = _object(params, "scope", {"type": "default"})
        return json.dumps(scope, sort_keys=True), self._language(params)

    def _set_commands(self, params: Json) -> bool:
        commands = _object(params, "commands", [])
        if len(commands) > 100:
            raise _bad("BOT_COMMANDS_TOO_MUCH")
        for each in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", each.get("command", "").removeprefix("/")):
                raise _bad("BOT_COMMAND_INVALID")
            if not 1 <= len(each.get("description", "")) <= 256:
                raise _bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self._commands[self._scope(params)] = commands
        return True

    def _delete_commands(self, params: Json) -> bool:
        self._commands.pop(self._scope(params), None)
        return True

    def _text_setter(self, field: str, limit: int) -> Callable[[Json], bool]:
        def setter(params: Json) -> bool:
            text = params.get(field, "")
            if len(text) > limit:
                raise _bad(f"{field} is too long")
            self._texts[field, self._language(params)] = text
            return True

        return setter

    def _text_getter(self, field: str) -> Callable[[Json], Json]:
        fallback = self.me["first_name"] if field == "name" else ""
        return lambda params: {field: self._texts.get((field, self._language(params))) or fallback}

    def _leave(self, params: Json) -> bool:
        chat = self._writable(params)
        if isinstance(chat, User):
            raise _bad("chat member status can't be changed in private chats")
        refusal = f"Forbidden: bot is not a member of the {chat.info['type']} chat"
        chat.membership("member", "left", self.me, refusal)
        return True

    def _get_chat(self, params: Json) -> Json:
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
        return {**self._chat(params).info, **full}

    def _get_file(self, params: Json) -> Json:
        file_id = params.get("file_id", "")
        if file_id not in self._files:
            raise _bad("invalid file_id")
        file = self._files[file_id]
        fields = {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": len(file.data)}
        return {**fields, "file_path": f"documents/{file_id}"}
