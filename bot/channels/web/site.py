"""The site: what its pages share."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

import structlog
from babel import negotiate_locale
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.channels.web import guard, visitor
from bot.channels.web.guard import Limiter, RefusedError
from bot.channels.web.labels import LABELS
from bot.channels.web.look import Look
from bot.channels.web.streams import PAGES, Streams
from bot.channels.web.visitor import Visitor
from bot.knowledge import Knowledge
from bot.service import Incoming, Service
from bot.store import web_keys
from bot.store.database import Database
from bot.translation.languages import SOURCE

log = structlog.get_logger("web")

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors {}"
)

Handler = Callable[["Site", Request], Awaitable[Response]]


class Site:
    """Everything that a page needs. `now` is the clock; `public_url` and `embed_origins` come from the settings."""

    pages_at_once = PAGES

    def __init__(
        self,
        database: Database,
        service: Service,
        knowledge: Callable[[], Knowledge],
        streams: Streams,
        now: Callable[[], datetime],
        public_url: str | None = None,
        embed_origins: tuple[str, ...] = (),
    ) -> None:
        self.database = database
        self.knowledge = knowledge
        self.streams = streams
        self.now = now
        self.limiter = Limiter()
        self.look = Look(knowledge)
        self.public_url = public_url
        self._service = service
        self._embed_origins = embed_origins

    @property
    def days(self) -> int:
        """How long a conversation is kept, in days since its last message."""
        return self.knowledge().catalogue.privacy.days.conversation

    async def submit(self, incoming: Incoming) -> bool:
        """Have it decided and committed; gives whether nothing is kept of this person any more."""
        return await self._service.submit(incoming)

    # Who asks, and from where.

    def origin(self, request: Request) -> str:
        return visitor.origin(request, self.public_url)

    def is_secure(self, request: Request) -> bool:
        return self.origin(request).startswith("https:")

    def is_embedded(self, request: Request) -> bool:
        """Whether the page stands in a frame of another site; asked for in the address, as forms keep it."""
        return bool(self._embed_origins) and request.query_params.get("embed") == "1"

    async def visitor(self, request: Request) -> Visitor | None:
        where = {"secure": self.is_secure(request), "embedded": self.is_embedded(request)}
        return await visitor.find(self.database, visitor.key_of(request, **where), self.now().timestamp())

    async def prolong(self, known: Visitor) -> None:
        """Who keeps talking keeps the key: renewed when half of its time is over."""
        now = self.now().timestamp()
        if known.until < now + self.days * visitor.DAY / 2:
            until = now + self.days * visitor.DAY
            await self.database.transaction(lambda c: web_keys.prolong(c, known.key, until))

    def remember(self, request: Request, response: Response, key: str) -> None:
        where = {"secure": self.is_secure(request), "embedded": self.is_embedded(request)}
        visitor.give(response, key, self.days, **where)

    def forget(self, request: Request, response: Response) -> None:
        visitor.take_away(response, secure=self.is_secure(request), embedded=self.is_embedded(request))
        response.headers["Clear-Site-Data"] = '"storage"'

    def client(self, request: Request) -> str:
        return guard.client(request)

    def language(self, request: Request) -> str:
        """The language that was asked for, else the first that the browser likes and we speak, else German."""
        known = self.knowledge().languages
        asked = request.query_params.get("lang", "")
        if asked in known:
            return asked
        wanted = [part.partition(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")[:10]]
        found = negotiate_locale([w.lower().replace("-", "_") for w in wanted if w], known)
        return found or next((w[:2].lower() for w in wanted if w[:2].lower() in known), SOURCE)

    async def form(self, request: Request) -> dict[str, str]:
        """What was sent from one of our own pages; raises RefusedError otherwise."""
        guard.check_origin(request, self.origin(request))
        return await guard.form(request)

    # What they get.

    def render(self, request: Request, template: str, language: str, status: int = 200, **values: Any) -> Response:
        """A page in a language."""
        page = self.look.page(template, language, embedded=self.is_embedded(request), **values)
        return HTMLResponse(page, status_code=status, headers={"Content-Language": language})

    def policy(self) -> str:
        """The Content-Security-Policy: nothing from anywhere else, and frames only where the settings allow them."""
        return _POLICY.format(" ".join(["'self'", *self._embed_origins]) if self._embed_origins else "'none'")

    def guarded(self, handler: Handler, limit: str = "") -> Callable[[Request], Awaitable[Response]]:
        """A handler with the headers that every answer has, and with refusals told in the person's language."""
        return partial(self._guarded, handler, limit)

    async def _guarded(self, handler: Handler, limit: str, request: Request) -> Response:
        try:
            if limit:
                await self.limiter.pass_(limit, self.client(request))
            response = await handler(self, request)
        except RefusedError as refused:
            response = self._refusal(request, refused)
        except ClientDisconnect:  # a phone that lost its network; nobody is there to read an answer
            response = Response(status_code=400)
        except Exception:
            log.exception("page_failed")
            response = self._refusal(request, RefusedError(500, "failed"))
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Content-Security-Policy"] = self.policy()
        return response

    def _refusal(self, request: Request, refused: RefusedError) -> Response:
        speaker = self.knowledge().speaker(self.language(request))
        if "application/json" in request.headers.get("accept", ""):
            told = {"error": speaker.say(LABELS[refused.label])}
            return JSONResponse(told, status_code=refused.status, headers=refused.headers)
        page = self.render(request, "note.html", speaker.language, refused.status, note=refused.label, more="")
        page.headers.update(refused.headers)
        return page
