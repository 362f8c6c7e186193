"""The conversation: the page, what is sent, and the stream of what comes back.

Nobody is remembered before they send something: the first page is worked out by the dialogue alone. With the first
thing that is sent, the conversation begins as it was shown.
"""

import re
import secrets
from collections.abc import AsyncIterator
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from bot.channels.web import visitor
from bot.channels.web.guard import RefusedError
from bot.channels.web.site import Site
from bot.channels.web.view import Bubble, Reader
from bot.channels.web.visitor import Visitor
from bot.service import Incoming
from bot.store import transcript, web_keys
from bot.store.transcript import Line
from flows.engine import step
from flows.events import Chose, Event, Said, Say
from flows.session import Session

PING: Final = 15.0
"""Seconds after which a silent stream says that it is there."""
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


async def page(site: Site, request: Request) -> Response:
    """The whole conversation as one page that works without a script."""
    known = await site.visitor(request)
    start = request.query_params.get("start", "")[:64]
    if known is None:
        bubbles, session = _beginning(site, Session(channel="web", language=site.language(request)), start)
        last = 0
    else:
        session = known.session
        _session, lines = await _look(site, known.address)
        bubbles = Reader(site.knowledge()).bubbles(lines, session)
        last = lines[-1].id if lines else 0
    return site.render(
        request, "chat.html", session.language, bubbles=bubbles, last=last, begun=known is not None, start=start,
        nonce=secrets.token_urlsafe(12),
    )  # fmt: skip


def _beginning(site: Site, session: Session, start: str) -> tuple[list[Any], Session]:
    """What somebody new sees, worked out and not kept."""
    now = site.now()
    turn = step(site.knowledge().guide(now.date()), session, Said(f"/start {start}".strip(), now))
    reader = Reader(site.knowledge())
    messages = [e.message for e in turn.effects if isinstance(e, Say)]
    language, number = turn.session.language, turn.session.turn
    return [reader.bubble(m, language, number, turn.screen, turn.session) for m in messages], turn.session


async def say(site: Site, request: Request) -> Response:
    """Take what a person sends: a `text`, or a `choice` as `<turn>:<id>`, or `:<id>` where it does not matter when."""
    fields = await site.form(request)
    event = _event(site, fields)
    known = await site.visitor(request)
    key, after = None, None
    if known is None:
        key, known, after = await _begin(site, request, fields)
    await site.limiter.pass_("say", known.address)
    await site.prolong(known)
    gone = False
    if event is not None:
        number = fields.get("id", "") if _ID.fullmatch(fields.get("id", "")) else secrets.token_urlsafe(12)
        language = known.session.language
        gone = await site.submit(Incoming(known.address, f"{known.address}:{number}", event, language, begins=False))
    return _answer(site, request, key=key, known=known, after=after, gone=gone, begun=fields.get("begun", ""))


def _event(site: Site, fields: dict[str, str]) -> Event | None:
    now = site.now()
    if fields.get("choice"):
        turn, _, choice = fields["choice"].partition(":")
        if not (turn or "0").isdecimal() or len(turn) > 9 or not choice or len(choice) > 255:
            raise RefusedError(400, "failed")
        return Chose(choice, now, int(turn) if turn else None)
    if "text" in fields:
        return Said(fields["text"], now) if fields["text"].strip() else None
    raise RefusedError(400, "failed")


async def _begin(site: Site, request: Request, fields: dict[str, str]) -> tuple[str, Visitor, int]:
    """A new conversation, begun as its first page was shown; with the number of the last line of that page."""
    await site.limiter.pass_("begin", site.client(request))
    address = web_keys.new_address()
    language = fields.get("lang", "")
    language = language if language in site.knowledge().languages else site.language(request)
    until = site.now().timestamp() + site.days * visitor.DAY
    key = await site.database.transaction(lambda c: web_keys.issue(c, address, until))
    start = fields.get("start", "")[:64]
    first = Said(f"/start {start}".strip(), site.now())
    await site.submit(Incoming(address, f"{address}:start", first, language))
    session, lines = await _look(site, address)
    return key, Visitor(address, session or Session(), key, until), lines[-1].id if lines else 0


async def _look(site: Site, address: str, after: int = 0) -> tuple[Session | None, list[Line]]:
    """The conversation as it stands, and its lines after one."""
    return await site.database.reading(lambda connection: transcript.conversation(connection, address, after))


def _is_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _answer(
    site: Site, request: Request, *, key: str | None, known: Visitor, after: int | None, gone: bool, begun: str
) -> Response:
    embedded = site.is_embedded(request)
    to = _gone(known.session.language, embedded) if gone else f"/{'?embed=1' if embedded else ''}#latest"
    if not _is_json(request):
        response: Response = RedirectResponse(to, status_code=303)
    elif gone:
        response = JSONResponse({"gone": to})
    elif after is not None:
        response = JSONResponse({"after": after})
    else:
        response = JSONResponse({"reload": True} if not begun else {})
    if gone:
        site.forget(request, response)
    else:
        site.remember(request, response, key or known.key)
    return response


async def events(site: Site, request: Request) -> Response:
    """What comes back, as server-sent events; a browser that lost the connection says which it saw last."""
    known = await site.visitor(request)
    if known is None:
        return Response(status_code=204)  # tells a browser not to come again
    if site.streams.pages(known.address) >= site.pages_at_once:
        raise RefusedError(429, "too_many", {"Retry-After": "60"})
    named = request.headers.get("last-event-id") or request.query_params.get("after", "0")
    if not named.isdecimal() or len(named) > 18:
        raise RefusedError(400, "failed")
    language = site.language(request) if "lang" in request.query_params else ""
    return StreamingResponse(
        _stream(site, known.address, int(named), language, site.is_embedded(request)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(site: Site, address: str, after: int, language: str, embedded: bool) -> AsyncIterator[bytes]:
    """The lines after `after`, then each as it is written. Lines before it are read for their buttons' names."""
    reader, read = Reader(site.knowledge()), 0
    yield b"retry: 1000\n\n"
    with site.streams.opened(address) as something_new:
        while not site.streams.closing:
            something_new.clear()
            session, lines = await _look(site, address, read)
            if session is None:
                yield _sse("gone", {"gone": _gone(language, embedded)})
                return
            for bubble in reader.bubbles(lines, session):
                if bubble.id > after:
                    yield _line(bubble, site.look.bubble(bubble, latest=bubble.id == lines[-1].id, embedded=embedded))
            read = lines[-1].id if lines else read
            if language and session.language != language:
                yield _sse("reload", {})
                return
            while not await site.streams.waited(something_new, PING):
                yield b": here\n\n"


def _line(bubble: Bubble, html: str) -> bytes:
    data = {"line": bubble.id, "turn": bubble.turn, "event": bubble.event, "html": html}
    return f"id: {bubble.id}\n".encode() + _sse("line", data)


def _sse(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\n".encode() + b"data: " + orjson.dumps(data) + b"\n\n"


def _gone(language: str, embedded: bool) -> str:
    return f"/gone?lang={language}" + ("&embed=1" if embedded else "")
