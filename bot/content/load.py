"""Loading content/: one folder an idea, one file an entry. Every fault is found in one go."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.content.countries import country_codes
from bot.content.findings import Finding
from bot.content.problems import explained
from bot.content.references import references
from bot.content.sources import Loaded, Source
from bot.content.yaml import Where, YamlError, read
from flows.catalogue import (
    Catalogue,
    Crisis,
    FormerCountries,
    GroupFile,
    Model,
    Note,
    Offer,
    Pages,
    PlaceFile,
    Pointer,
    Privacy,
    ProfessionFile,
    Question,
    ServicePoint,
    Topic,
    WordFile,
)

FOLDERS: dict[str, type[Model]] = {
    "offers": Offer,
    "service_points": ServicePoint,
    "pointers": Pointer,
    "questions": Question,
    "professions": ProfessionFile,
    "words": WordFile,
    "notes": Note,
    "topics": Topic,
}
FILES: dict[str, type[Model]] = {
    "groups": GroupFile,
    "places": PlaceFile,
    "crisis": Crisis,
    "privacy": Privacy,
    "pages": Pages,
    "former_countries": FormerCountries,
}
"""What content/ consists of: folders of like files, and single files."""


class ContentError(Exception):
    """Content that cannot be used, with everything that was found."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(f) for f in findings))
        self.findings = findings


def load(root: Path) -> Loaded:
    """Read and validate everything under content/. Never raises on what staff wrote."""
    loaded = Loaded()
    for path, model in _files(root, loaded):
        name = path.relative_to(root).as_posix()
        file = f"content/{name}"
        try:
            document = read(path)
            loaded.sources[name] = Source(file, model.model_validate(document.data), document)
        except YamlError as error:
            loaded.findings.append(Finding(file, error.line, path.stem, "yaml", f"kein gültiges YAML: {error.problem}"))
        except ValidationError as error:
            for where, text in explained(error):
                loaded.findings.append(Finding(file, document.line(where), path.stem, "schema", text))
    loaded.findings += _duplicates(loaded)
    if not loaded.findings:
        catalogue = _catalogue(loaded)
        loaded.findings += references(loaded, catalogue)
        loaded.catalogue = None if loaded.findings else catalogue
    return loaded


def load_or_raise(root: Path) -> Catalogue:
    """The catalogue, or ContentError with every finding."""
    loaded = load(root)
    if loaded.catalogue is None:
        raise ContentError(loaded.findings)
    return loaded.catalogue


def _files(root: Path, loaded: Loaded) -> Iterator[tuple[Path, type[Model]]]:
    for folder, model in FOLDERS.items():
        for path in sorted((root / folder).glob("*.yaml")):
            yield path, model
    for name, model in FILES.items():
        path = root / f"{name}.yaml"
        if path.is_file():
            yield path, model
        else:
            loaded.findings.append(Finding(f"content/{path.name}", 1, name, "missing", "die Datei fehlt"))
    if not any(s.coordination for s in _coordinations(root)):
        loaded.findings.append(
            Finding("content/service_points", 1, "coordination", "missing",
                    "eine Servicestelle braucht `coordination: true`: ihr Kontakt steht für alle anderen ein")
        )  # fmt: skip


def _coordinations(root: Path) -> Iterator[ServicePoint]:
    for path in sorted((root / "service_points").glob("*.yaml")):
        try:
            yield ServicePoint.model_validate(read(path).data)
        except (YamlError, ValidationError):
            continue


def _duplicates(loaded: Loaded) -> Iterator[Finding]:
    """Ids must be unique: of entries, notes, topics and professions; and each question and word file has its fact."""
    seen: dict[tuple[str, str], str] = {}
    for source in loaded.sources.values():
        for kind, id_, where in _ids(source.model):
            first = seen.setdefault((kind, id_), source.file)
            line = source.document.line(where)
            if first != source.file or (kind, id_, where) in _repeated(source.model):
                text = f"die Id {id_!r} gibt es schon in {first}; jede Id darf nur einmal vorkommen"
                yield Finding(source.file, line, id_, "duplicate", text)


def _ids(model: Model) -> Iterator[tuple[str, str, Where]]:
    if isinstance(model, ProfessionFile):
        for i, profession in enumerate(model.professions):
            yield "profession", profession.id, ("professions", i, "id")
    elif isinstance(model, Question | WordFile):
        yield type(model).__name__, model.fact, ("fact",)
    elif hasattr(model, "id"):
        yield "entry", str(model.id), ("id",)


def _repeated(model: Model) -> set[tuple[str, str, Where]]:
    """The ids that one file itself has more than once, from the second on."""
    seen: set[str] = set()
    repeated = set()
    for kind, id_, where in _ids(model):
        if id_ in seen:
            repeated.add((kind, id_, where))
        seen.add(id_)
    return repeated


def _catalogue(loaded: Loaded) -> Catalogue:
    groups = loaded.sources["groups.yaml"].model
    places = loaded.sources["places.yaml"].model
    crisis = loaded.sources["crisis.yaml"].model
    privacy = loaded.sources["privacy.yaml"].model
    pages = loaded.sources["pages.yaml"].model
    former = loaded.sources["former_countries.yaml"].model
    assert isinstance(groups, GroupFile)  # noqa: S101 (FILES says so)
    assert isinstance(places, PlaceFile)  # noqa: S101
    assert isinstance(crisis, Crisis)  # noqa: S101
    assert isinstance(privacy, Privacy)  # noqa: S101
    assert isinstance(pages, Pages)  # noqa: S101
    assert isinstance(former, FormerCountries)  # noqa: S101
    files = [f for _, f in loaded.of(ProfessionFile)]
    entries: dict[str, Any] = {e.id: e for kind in (Offer, ServicePoint, Pointer) for _, e in loaded.of(kind)}
    return Catalogue.model_construct(
        entries=entries,
        questions={q.fact: q for _, q in loaded.of(Question)},
        professions={p.id: p for f in files for p in f.professions},
        field_of={p.id: f.field for f in files for p in f.professions},
        places=places.places,
        words={w.fact: w for _, w in loaded.of(WordFile)},
        groups=groups.groups,
        notes={n.id: n for _, n in loaded.of(Note)},
        topics={t.id: t for _, t in loaded.of(Topic)},
        crisis=crisis,
        privacy=privacy,
        pages=pages,
        former=former.countries,
        countries=frozenset(country_codes()),
    )
