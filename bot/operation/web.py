"""The ASGI app on `LISTEN`: health, and what channels add; and the metrics on their own address."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import uvicorn
from prometheus_client import make_asgi_app
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

GRACE: Final = 5
"""Seconds that open requests have when the program stops."""


def app(healthy: Callable[[], Awaitable[bool]], routes: Sequence[BaseRoute]) -> Starlette:
    async def health(_request: Request) -> JSONResponse:
        well = await healthy()
        return JSONResponse({"ok": well}, status_code=200 if well else 503)

    return Starlette(routes=[Route("/healthz", health), *routes])


def metrics_app() -> Starlette:
    return Starlette(routes=[Mount("/metrics", make_asgi_app())])


class UnusableAddressError(Exception):
    """An address that cannot be listened on; the message says why."""


def bound(address: tuple[str, int]) -> socket.socket:
    """A socket that listens there; UnusableAddressError where that cannot be."""
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server(address, family=family, backlog=2048)
    except OSError as error:
        raise UnusableAddressError(
            f"auf {host}:{port} kann Lotse nicht lauschen ({os.strerror(error.errno or 0)}); läuft dort schon etwas?"
            " Ein anderer Port geht so: LOTSE_LISTEN=127.0.0.1:8001"
        ) from error
    # asyncio does this only for sockets of its own making; without it an answer can take 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def serve(application: ASGIApp, listening: socket.socket, stopping: Callable[[], None] = lambda: None) -> None:
    """Serve until cancelled; then open requests are finished, and `stopping` ends those that never would."""
    config = uvicorn.Config(
        application, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE,
        server_header=False, ws="none",
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.ensure_future(server._serve([listening]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        stopping()
        server.should_exit = True
        await serving
        raise
