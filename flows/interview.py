"""Which question next: the first, in the fixed order, whose answer can still change the result."""

from flows.facts import ORDER, UNKNOWN, Facts
from flows.routing import Router


def next_question(router: Router, facts: Facts) -> str | None:
    """The fact to ask for, or None when no answer could change the result any more.

    Somebody whose profession is not in the dictionary (`profession_text`) is asked for its field instead.
    """
    for fact in ORDER:
        if fact not in router.catalogue.questions:
            continue
        if fact not in facts:
            if router.matters(fact, facts):
                return fact
        elif fact == "profession" and _only_own_words(facts) and router.matters("profession", facts):
            return "field"
    return None


def _only_own_words(facts: Facts) -> bool:
    return facts["profession"] == UNKNOWN and "profession_text" in facts and "field" not in facts
