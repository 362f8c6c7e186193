"""A line to the homeserver that fails when told to: what networks, proxies and limits do to a bot.

async with Wire(synapse) as wire:
    bot = Bot(synapse, folder, {"matrix_homeserver": wire.url})
    wire.fail("/send/", "lost")
"""

import asyncio
from collections import deque
from typing import Literal, Self

from aiohttp import ClientSession, ClientTimeout, web
from yarl import URL

from tests.synapse.server import Synapse

Kind = Literal["429 header", "429 body", "500", "dropped", "lost"]
_PASSED_ON = ("Authorization", "Content-Type")


class Wire:
    """`fail` says how the next calls whose path holds these words end; `seen` are the paths that were called.

    "dropped" never reached the homeserver; "lost" did, and only its answer was lost.
    """

    def __init__(self, synapse: Synapse) -> None:
        self.seen: list[str] = []
        self._synapse = synapse
        self._faults: deque[tuple[str, Kind]] = deque()

    async def __aenter__(self) -> Self:
        self._session = ClientSession(timeout=ClientTimeout(total=60))
        self._runner = web.AppRunner(web.Application(client_max_size=2**26), access_log=None, shutdown_timeout=0.1)
        self._runner.app.router.add_route("*", "/{path:.*}", self._pass_on)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self._session.close()

    def fail(self, path: str, *kinds: Kind) -> None:
        self._faults.extend((path, kind) for kind in kinds)

    @property
    def unused(self) -> int:
        """Faults that nothing has met yet."""
        return len(self._faults)

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request.path)
        fault = None
        if self._faults and self._faults[0][0] in request.path:
            fault = self._faults.popleft()[1]
        match fault:
            case "429 header":
                error = {"errcode": "M_LIMIT_EXCEEDED", "error": "slowly"}
                return web.json_response(error, status=429, headers={"Retry-After": "1"})
            case "429 body":
                error = {"errcode": "M_LIMIT_EXCEEDED", "error": "slowly", "retry_after_ms": 1000}
                return web.json_response(error, status=429)
            case "500":
                return web.Response(status=500, text="<html>Bad Gateway</html>")
            case "dropped":
                return self._hang_up(request)
        answer = await self._call(request)
        return self._hang_up(request) if fault == "lost" else answer

    async def _call(self, request: web.Request) -> web.Response:
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        url = f"{self._synapse.url}{request.raw_path}"
        async with self._session.request(
            request.method, URL(url, encoded=True), headers=headers, data=await request.read()
        ) as answer:
            kept = {k: v for k, v in answer.headers.items() if k in ("Content-Type", "Retry-After")}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)

    def _hang_up(self, request: web.Request) -> web.Response:
        assert request.transport
        request.transport.abort()
        raise asyncio.CancelledError
