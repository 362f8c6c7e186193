"""Understanding: how well, on the labelled phrases of tests/understanding; and how fast, beside rapidfuzz's own search.

Beside it in the same run: `rapidfuzz.process.extractOne` (WRatio) over the same phrases of the fact that was asked,
which is what one would use instead. Both are counted on the same answers, kept aside. Milliseconds, p50 / p99.
"""

from time import perf_counter

from rapidfuzz import process

from benchmarks.figures import percentiles, show
from bot import paths
from bot.content.load import load_or_raise
from bot.knowledge import make_knowledge, names
from bot.translation.catalogues import Translation
from flows.understanding import normalise, understand
from flows.understanding.lexicon import every_name
from tests.understanding.measure import AT, TOLD, TRAPS, count, heard, phrases

CUTOFF = 80.0
"""Similarity from which on the search's best hit is taken."""


def strings(translations: dict[str, Translation]) -> dict[str, dict[str, str]]:
    """Fact → normalised phrase → value."""
    found: dict[str, dict[str, str]] = {}
    for fact, value, name in every_name(load_or_raise(paths.CONTENT), names(translations)):
        found.setdefault(fact, {})[normalise(name)] = value
    return found


def main() -> None:
    knowledge = make_knowledge(paths.CONTENT, paths.LOCALES)
    guide = knowledge.guide(AT.date())
    guide.lexicon.prepare()
    wanted = phrases()
    aside = [p for p in wanted if p.kept_aside]
    show("understanding, phrases kept aside", str(count(aside, guide)))
    show("understanding, phrases that were tuned on", str(count([p for p in wanted if not p.kept_aside], guide)))
    for name, folder in (("whole messages", TOLD), ("messages with traps", TRAPS)):
        show(f"understanding, {name} kept aside", str(count([p for p in phrases(folder) if p.kept_aside], guide)))
    for language in sorted({p.language for p in wanted}):
        show(f"understanding, kept aside, {language}", str(count([p for p in aside if p.language == language], guide)))

    of_fact = strings(knowledge.translations)
    ours, theirs, our_right, their_right = [], [], 0, 0
    asked = [p for p in aside if p.asked in of_fact and p.asked in p.facts]
    for phrase in asked:
        began = perf_counter()
        understand(phrase.text, phrase.asked, guide.lexicon)
        ours.append(perf_counter() - began)
        known = of_fact[phrase.asked or "profession"]
        began = perf_counter()
        hit = process.extractOne(normalise(phrase.text), known.keys(), score_cutoff=CUTOFF)
        theirs.append(perf_counter() - began)
        right_values = phrase.facts[phrase.asked or ""]
        their_right += hit is not None and known[hit[0]] in right_values
        our_right += heard(phrase, guide).facts.get(phrase.asked or "") in right_values
    again = []
    for phrase in wanted:
        began = perf_counter()
        understand(phrase.text, phrase.asked, guide.lexicon)
        again.append(perf_counter() - began)
    p50, p99 = percentiles(again)
    show(f"understanding, all {len(wanted)} phrases (p50 / p99)", f"{p50:.2f} / {p99:.2f} ms", "< 1 / < 5 ms")
    size = sum(map(len, of_fact.values()))
    (our50, our99), (their50, their99) = percentiles(ours), percentiles(theirs)
    show(
        f"process.extractOne over the asked fact's of {size:,} phrases (p50 / p99)", f"{their50:.2f} / {their99:.2f} ms"
    )
    show("understanding ÷ process.extractOne (p50 / p99)", f"{our50 / their50:.3f} / {our99 / their99:.3f}", "≤ 0.05")
    n = len(asked)
    show(f"recall@1 on {n} answers: ours, process.extractOne", f"{our_right / n:.3f}, {their_right / n:.3f}")


if __name__ == "__main__":
    main()
