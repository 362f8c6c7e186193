"""Extraction: every German text that people read, out of code (`_("…")`) and content (`Msgid` fields)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from pydantic import BaseModel

from bot.content.sources import Loaded
from bot.content.yaml import Where
from bot.translation.catalogues import DOMAIN
from bot.translation.speaker import SPOKEN_CONTEXT
from flows.catalogue import Entry

CODE = ("flows", "bot")
PEOPLE = "Ratsuchende"


def template(root: Path, loaded: Loaded) -> Catalog:
    """All msgids with where they stand, in the order of their places; what lotse.pot is written from."""
    catalogue = Catalog(domain=DOMAIN, project="Lotse", version="1", fuzzy=False)
    for folder in CODE:
        found = extract_from_dir(str(root / folder), [("**.py", "python")], keywords={"_": None, "_n": (1, 2)})
        for name, line, message, _comments, context in sorted(found, key=lambda f: (f[0], f[1])):
            file = f"{folder}/{name}"
            catalogue.add(message, locations=[(file, line)], auto_comments=[_screen(file)], context=context)
    for source in loaded.sources.values():
        for where, msgid, spoken in msgids(source.model):
            place = (source.file, source.document.line(where))
            named = ", ".join([Path(source.file).stem, *(str(w) for w in where if isinstance(w, str))])
            comment = f"{named}; für: {_readers(source.model)}"
            catalogue.add(msgid, locations=[place], auto_comments=[comment])
            if spoken:
                catalogue.add(msgid, locations=[place], context=SPOKEN_CONTEXT, auto_comments=[comment])
    return catalogue


def _screen(file: str) -> str:
    return f"Bildschirm: {Path(file).stem}; für: {PEOPLE}"


def _readers(model: BaseModel) -> str:
    """Who reads a text of content/."""
    for_firms = isinstance(model, Entry) and all(a.concern == "employer" for a in model.audience)
    return "Betriebe" if for_firms else PEOPLE


def msgids(model: BaseModel) -> Iterator[tuple[Where, str, bool]]:
    """A model's texts: (place, German text, whether it is a sentence to be said in German)."""
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        yield from _in(info.annotation, tuple(info.metadata), value, (info.alias or name,))


def _in(annotation: Any, metadata: tuple[Any, ...], value: Any, where: Where) -> Iterator[tuple[Where, str, bool]]:
    if isinstance(value, str):
        marks = (*metadata, *_marks(annotation))
        if "msgid" in marks or "spoken" in marks:
            yield where, value, "spoken" in marks
    elif isinstance(value, BaseModel):
        for place, msgid, spoken in msgids(value):
            yield (*where, *place), msgid, spoken
    elif isinstance(value, list):
        (item,) = get_args(annotation) if get_origin(annotation) is list else (Any,)
        for i, element in enumerate(value):
            yield from _in(item, (), element, (*where, i))


def _marks(annotation: Any) -> tuple[Any, ...]:
    """The marks of an annotation: of `Annotated[str, "msgid"]`, also inside `… | None`."""
    marks = tuple(getattr(annotation, "__metadata__", ()))
    for inner in get_args(annotation):
        marks += _marks(inner)
    return marks
