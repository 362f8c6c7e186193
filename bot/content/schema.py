"""JSON Schemas for editors, written from the models: staff get completion and checks while they type."""

import json
from pathlib import Path

from bot.content.load import FILES, FOLDERS
from flows.catalogue import Model


def schemas() -> dict[str, str]:
    """File name → the schema's text."""
    singular = {folder: folder.removesuffix("s") for folder in FOLDERS}
    names: dict[str, type[Model]] = {singular[f]: m for f, m in FOLDERS.items()} | dict(FILES)
    names |= {"professions": names.pop("profession"), "words": names.pop("word")}
    return {f"{n}.json": _text(m) for n, m in names.items()}


def write_schemas(folder: Path, *, write: bool) -> list[str]:
    """The files that were not up to date; written, if asked for."""
    changed = []
    for name, text in schemas().items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            changed.append(name)
            if write:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
    return changed


def _text(model: type[Model]) -> str:
    return json.dumps(model.model_json_schema(by_alias=True), ensure_ascii=False, indent=1) + "\n"
