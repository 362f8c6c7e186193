"""What a message answered: kept beside its id where messages can be edited or deleted, to change or take back later.

>>> answer = Answered(screen="question", asked="place", facts={"place": "schwerin"})
>>> standing(Session(facts={"concern": "other", "place": "schwerin"}), answer).facts
{'concern': 'other'}
"""

from flows.facts import OF_THE_PROFESSION
from flows.session import Plain, Position, Screen, Session


class Answered(Plain):
    """Where a person was when they wrote a message, and the facts that it set."""

    screen: Screen
    facts: dict[str, str]
    asked: str | None = None
    shown: tuple[str, ...] = ()
    """The choices that were on screen: what a number meant."""


def answered(before: Session, after: Session) -> Answered:
    facts = {fact: value for fact, value in after.facts.items() if before.facts.get(fact) != value}
    return Answered(screen=before.screen, asked=before.asking, shown=before.shown, facts=facts)


def holds(session: Session, answer: Answered | None) -> bool:
    """Whether something that the message said is still in force: a later answer to the same question stays."""
    return answer is not None and _without(session.facts, answer) != session.facts


def without(session: Session, answer: Answered | None) -> Session:
    """The session without what the message said; /back does not bring it back either."""
    if answer is None:
        return session
    history = tuple(p.model_copy(update={"facts": _without(p.facts, answer), "hints": {}}) for p in session.history)
    return session.model_copy(update={"facts": _without(session.facts, answer), "history": history, "hints": {}})


def standing(session: Session, answer: Answered) -> Session:
    """The session at the question that the message answered, as if that were still to be answered."""
    left = without(session, answer)
    history = left.history
    while history and _same(history[-1], answer.asked, left.facts):  # where /back would change nothing
        history = history[:-1]
    place = {"screen": answer.screen, "asking": answer.asked, "shown": answer.shown, "options": ()}
    return left.model_copy(update={**place, "history": history})


def _same(position: Position, asking: str | None, facts: dict[str, str]) -> bool:
    return (position.asking, position.facts) == (asking, facts)


def _without(facts: dict[str, str], answer: Answered) -> dict[str, str]:
    gone = {fact for fact, value in answer.facts.items() if facts.get(fact) == value}
    if "profession" in gone:
        gone |= {*OF_THE_PROFESSION, "profession_text"}
    return {fact: value for fact, value in facts.items() if fact not in gone}
