"""How pages look: templates, and the files that they load."""

import hashlib
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.channels.web import html
from bot.channels.web.labels import LABELS
from bot.channels.web.view import Bubble, in_rows
from bot.knowledge import Knowledge
from bot.rendering.plain import SAY_ON_PHONE
from bot.translation.languages import is_rtl
from flows.texts import LanguageName

STATIC: Final[Mapping[str, str]] = {
    "style.css": "text/css", "script.js": "text/javascript", "icon.svg": "image/svg+xml",
}  # fmt: skip
"""What the pages load, each from us, and its type. Its address carries a hash, so that it can be kept for ever."""


class Look:
    """Renders pages and bubbles; every text is escaped by the templates."""

    def __init__(self, knowledge: Callable[[], Knowledge]) -> None:
        self._knowledge = knowledge
        folder = files(__package__).joinpath("static")
        self.static = {name: folder.joinpath(name).read_bytes() for name in STATIC}
        self.embed_script = folder.joinpath("embed.js").read_bytes()
        self._env = Environment(
            loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        self._env.globals |= {
            "say": html.say, "ways": html.ways, "rows": in_rows, "is_rtl": is_rtl, "SAY_ON_PHONE": SAY_ON_PHONE,
            "static": {name: f"/static/{_stamp(data)}/{name}" for name, data in self.static.items()},
        }  # fmt: skip

    def page(self, template: str, language: str, *, embedded: bool, **values: Any) -> str:
        """A whole page in a language."""
        knowledge = self._knowledge()
        speaker = knowledge.speaker(language)
        return self._env.get_template(template).render(
            language=language,
            speaker=speaker,
            label=lambda name: html.say(LABELS[name], speaker),
            languages=[
                (code, speaker.say(LanguageName(code))) for code in dict.fromkeys((language, *knowledge.languages))
            ],
            controller=knowledge.controller,
            embedded=embedded,
            **values,
        )

    def bubble(self, bubble: Bubble, *, latest: bool, embedded: bool) -> str:
        """One bubble as it goes through the stream."""
        speaker = bubble.speaker
        template = self._env.get_template("bubble.html")
        return template.render(
            bubble=bubble, latest=latest, embedded=embedded, label=lambda name: html.say(LABELS[name], speaker)
        )


def _stamp(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]
