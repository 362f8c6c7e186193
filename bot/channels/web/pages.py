"""Everything around the conversation: legal pages, the print view, going on elsewhere, deleting, files."""

from typing import Final

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web import visitor
from bot.channels.web.guard import RefusedError
from bot.channels.web.look import STATIC
from bot.channels.web.site import Site
from bot.personal_data import as_json
from bot.service import Incoming
from bot.store import personal, web_keys
from flows.events import Said
from flows.interview import next_question
from flows.screens.result import result
from flows.session import Session
from flows.texts import Text

LEGAL: Final = ("imprint", "privacy", "accessibility")
_FOR_EVER: Final = "public, max-age=31536000, immutable"


async def _language(site: Site, request: Request) -> tuple[str, Session | None]:
    known = await site.visitor(request)
    if known is None or request.query_params.get("lang") in site.knowledge().languages:
        return site.language(request), known.session if known else None
    return known.session.language, known.session


async def legal(site: Site, request: Request) -> Response:
    """Imprint, privacy, accessibility: from the settings and from content/pages.yaml."""
    name = request.url.path.strip("/")
    language, _session = await _language(site, request)
    catalogue = site.knowledge().catalogue
    paragraphs = [Text(p) for p in getattr(catalogue.pages, name)]
    contact = catalogue.contact_of(catalogue.coordination) if name != "privacy" else None
    return site.render(request, "legal.html", language, name=name, paragraphs=paragraphs, contact=contact)


async def appointment(site: Site, request: Request) -> Response:
    """The result to print and take along: in the person's language and, beside it, in German."""
    language, session = await _language(site, request)
    guide = site.knowledge().guide(site.now().date())
    if session is None or next_question(guide.router, session.facts) is not None or not session.facts:
        return site.render(request, "note.html", language, 404, note="no_result", more="")
    speakers = [site.knowledge().speaker(code) for code in dict.fromkeys((session.language, "de"))]
    messages = [[(type(b).__name__, b) for b in m.blocks] for m in result(guide, session)[:2]]
    return site.render(request, "appointment.html", session.language, messages=messages, speakers=speakers)


async def my_data(site: Site, request: Request) -> Response:
    """Everything that is stored of the person, as a file."""
    known = await site.visitor(request)
    if known is None:
        return Response(status_code=404)
    address = known.address
    found = await site.database.reading(lambda connection: personal.gather(connection, address))
    return Response(
        as_json(found), media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="lotse.json"'},
    )  # fmt: skip


async def elsewhere(site: Site, request: Request) -> Response:
    """A link that opens this conversation on another device: a day long, and once."""
    await site.form(request)
    known = await site.visitor(request)
    if known is None:
        return RedirectResponse("/", status_code=303)
    await site.limiter.pass_("link", known.address)
    until = site.now().timestamp() + web_keys.LINK
    key = await site.database.transaction(lambda c: web_keys.issue(c, known.address, until, once=True))
    link = f"{site.origin(request)}/continue/{key}"
    code = Markup(segno.make(link, error="m", micro=False).svg_inline(scale=5, dark="#000", light="#fff"))  # noqa: S704
    return site.render(request, "elsewhere.html", known.session.language, link=link, code=code)


async def go_on(site: Site, request: Request) -> Response:
    """The link, opened. Asking first: programs that look at links must not use it up."""
    key = request.path_params["key"]
    if request.method == "GET":
        return site.render(request, "continue.html", site.language(request), key=key)
    await site.form(request)
    await site.limiter.pass_("link", site.client(request))
    now = site.now().timestamp()
    address = await site.database.transaction(lambda c: web_keys.use_once(c, key, now))
    if address is None:
        return site.render(request, "note.html", site.language(request), 404, note="link_gone", more="")
    until = now + site.days * visitor.DAY
    own = await site.database.transaction(lambda c: web_keys.issue(c, address, until))
    response = RedirectResponse("/#latest", status_code=303)
    site.remember(request, response, own)
    return response


async def forget(site: Site, request: Request) -> Response:
    """Delete everything and close: for a device that others use as well."""
    await site.form(request)
    known = await site.visitor(request)
    language = known.session.language if known else site.language(request)
    if known is not None:
        event = Said("/delete", site.now())
        await site.submit(Incoming(known.address, f"{known.address}:delete", event, language, begins=False))
    response = RedirectResponse(f"/gone?lang={language}", status_code=303)
    site.forget(request, response)
    return response


async def gone(site: Site, request: Request) -> Response:
    return site.render(request, "note.html", site.language(request), note="gone", more="restart")


async def static(site: Site, request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise RefusedError(404, "not_found")
    return Response(site.look.static[name], media_type=STATIC[name], headers={"Cache-Control": _FOR_EVER})


async def embed(site: Site, _request: Request) -> Response:
    """The script that puts the chat into another site; every site may load it, only allowed ones may show the frame."""
    headers = {"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(site.look.embed_script, media_type="text/javascript", headers=headers)


async def missing(_site: Site, request: Request) -> Response:
    """No such address, or one that is not for this method."""
    raise RefusedError(404 if request.method in ("GET", "HEAD") else 405, "not_found")
