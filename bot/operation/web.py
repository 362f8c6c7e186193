"""The ASGI app on `LISTEN`: health, and what channels add; and the metrics on their own address."""

import asyncio
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


async def serve(application: ASGIApp, address: tuple[str, int]) -> None:
    """Serve until cancelled; open requests are finished."""
    host, port = address
    config = uvicorn.Config(
        application, host=host, port=port, log_config=None, access_log=False, lifespan="off",
        timeout_graceful_shutdown=GRACE, server_header=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.ensure_future(server._serve())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
