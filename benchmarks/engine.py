"""The engine's step alone: six-question conversations by buttons and by words, and hard messages."""

import random
from datetime import UTC, datetime
from time import perf_counter

from benchmarks.figures import percentiles, show
from bot import paths
from bot.knowledge import make_knowledge
from flows.engine import step
from flows.events import Chose, Event, Said
from flows.guide import Guide
from flows.session import Session

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
BUTTONS = ["recognition", "{profession}", "{place}", "vocational", "{origin}", "{notice}"]
WORDS = {
    "a profession, as in the dictionary": "Krankenschwester",
    "a profession, misspelt": "Krankenschwseter",
    "a sentence with three facts": "Hallo, ich bin Krankenschwester aus Syrien und wohne in Güstrow",
    "nothing that is known": "irgendwas mit Sachen und so",
    "2,000 characters": "wort und noch ein wort " * 90,
    "64 KiB": "Lorem ipsum " * 5500,
}


def conversations(guide: Guide, count: int) -> list[float]:
    """Times of each step, in seconds, of conversations with answers drawn at random (the same in every run)."""
    draw = random.Random(1)
    catalogue = guide.catalogue
    times = []
    for _ in range(count):
        values = {
            "profession": draw.choice(sorted(catalogue.professions)),
            "place": draw.choice([c.value for c in catalogue.questions["place"].choices]),
            "origin": draw.choice(sorted(catalogue.countries)),
            "notice": draw.choice(["none", "pending", "partial", "full", "rejected", "unknown"]),
        }
        session = Session()
        events: list[Event] = [Said("/start", AT), *(Chose(b.format(**values), AT) for b in BUTTONS)]
        for event in events:
            began = perf_counter()
            turn = step(guide, session, event)
            session = Session.model_validate_json(turn.session.model_dump_json())
            times.append(perf_counter() - began)
    return times


def messages(guide: Guide, text: str) -> list[float]:
    asked = step(guide, Session(), Said("/start", AT)).session
    asked = step(guide, asked, Chose("recognition", AT)).session
    times = []
    for _ in range(200):
        began = perf_counter()
        step(guide, asked, Said(text, AT))
        times.append(perf_counter() - began)
    return times


def main() -> None:
    guide = make_knowledge(paths.CONTENT, paths.LOCALES).guide(AT.date())
    p50, p99 = percentiles(conversations(guide, 1000))
    show("engine, a step by button, session written and read (p50 / p99)", f"{p50:.2f} / {p99:.2f} ms")
    for name, text in WORDS.items():
        p50, p99 = percentiles(messages(guide, text))
        show(f"engine, a message: {name} (p50 / p99)", f"{p50:.2f} / {p99:.2f} ms")


if __name__ == "__main__":
    main()
