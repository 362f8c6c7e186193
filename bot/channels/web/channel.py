"""The web channel's routes. Which address does what, and who may ask how often."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Mount, Route, request_response

from bot.channels.web import pages, talk
from bot.channels.web.site import Site


def routes(site: Site) -> Sequence[BaseRoute]:
    legal = [Route(f"/{name}", site.guarded(pages.legal, "page")) for name in pages.LEGAL]
    return [
        Route("/", site.guarded(talk.page, "page")),
        Route("/say", site.guarded(talk.say), methods=["POST"]),
        Route("/events", site.guarded(talk.events, "page")),
        Route("/appointment", site.guarded(pages.appointment, "page")),
        Route("/mydata.json", site.guarded(pages.my_data, "page")),
        Route("/elsewhere", site.guarded(pages.elsewhere), methods=["POST"]),
        Route("/continue/{key}", site.guarded(pages.go_on, "page"), methods=["GET", "POST"]),
        Route("/forget", site.guarded(pages.forget), methods=["POST"]),
        Route("/gone", site.guarded(pages.gone, "page")),
        *legal,
        Route("/static/{stamp}/{name}", site.guarded(pages.static)),
        Route("/embed.js", site.guarded(pages.embed)),
        Mount("", request_response(site.guarded(pages.missing, "page"))),  # any other address, any other method
    ]
