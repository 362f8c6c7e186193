"""The dialogue as a Mermaid diagram, drawn from the table that runs (flows/dialogue.py)."""

from collections.abc import Iterator

from flows.catalogue import Catalogue
from flows.dialogue import ANY, HERE, NEXT, TABLE, Row
from flows.facts import ORDER
from flows.session import Screen


def mermaid(catalogue: Catalogue) -> str:
    """A state diagram: screens, moves between them, and the interview's questions in their order."""
    return "\n".join(["stateDiagram-v2", *_states(), *_interview(catalogue), *_moves()])


def _states() -> Iterator[str]:
    yield "    [*] --> start"
    yield f'    state "{NEXT}: the next question that can change the result, or the result" as {NEXT}'
    yield f'    state "{HERE}: where the person was" as {HERE}'
    yield '    state "on any screen" as any'
    yield "    state overlays {"
    yield from (f"        {s}" for s in _overlays())
    yield "    }"


def _overlays() -> list[str]:
    return [s.value for row in TABLE if len(row.at) > 1 and row.at != ANY for s in row.at if s != Screen.START][:6]


def _interview(catalogue: Catalogue) -> Iterator[str]:
    """The questions in their order; each may be passed over when its answer can change nothing."""
    asked: list[str] = [fact for fact in ORDER if fact in catalogue.questions]
    if "profession" in asked and "field" in catalogue.questions:
        asked.insert(asked.index("profession") + 1, "field")
    for fact in asked:
        text = catalogue.questions[fact].text.replace('"', "'")
        yield f'    state "{fact}: {text}" as question_{fact}'
        yield f"    {NEXT} --> question_{fact}"
        yield f"    question_{fact} --> {NEXT}: {_answers(catalogue, fact)}"
    yield f"    {NEXT} --> {Screen.RESULT.value}"


def _answers(catalogue: Catalogue, fact: str) -> str:
    values = [c.value for c in catalogue.questions[fact].choices if c.button] or [fact]
    return " / ".join([*values[:5], *(["…"] if len(values) > 5 else []), "unknown"])


def _moves() -> Iterator[str]:
    for row in TABLE:
        moves = ", ".join(kind.__name__ for kind in row.on)
        for at in _from(row):
            yield f"    {at} --> {row.to if isinstance(row.to, str) else row.to.value}: {moves}"


def _from(row: Row) -> list[str]:
    if row.at == ANY:
        return ["any"]
    return [row.at[0].value] if len(row.at) == 1 else ["overlays"]
