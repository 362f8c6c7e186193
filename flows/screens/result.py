"""The result: one next step in full, then in a line or two what else fits and what is to be clarified."""

from flows.facts import ORDER, UNKNOWN
from flows.guide import Guide
from flows.routing import Recommendation
from flows.screens.buttons import HUMAN, RESTART, change, show
from flows.screens.entry import whom_to_ask
from flows.session import Session
from flows.texts import Block, Heading, Listing, Message, Paragraph, Sayable, Text, Titled, Verbatim, _

SHOWN_AT_ONCE = 4
"""How many further entries get a button: more would not fit a phone's screen."""


def result(guide: Guide, session: Session) -> tuple[Message, ...]:
    recommendations = recommended(guide, session)
    first, others = recommendations[0], recommendations[1:]
    to_ask = whom_to_ask(guide, guide.catalogue.entries[first.id])
    return (_next_step(guide, session, first), to_ask, _and_then(guide, session, others))


def recommended(guide: Guide, session: Session) -> tuple[Recommendation, ...]:
    """The router's recommendations, with what the topics that were brought up add; never none.

    Content without a dead end never needs the coordination as the last resort; `lotse check` proves that.
    """
    found = guide.router.recommend(session.facts)
    known = {r.id for r in found}
    added = dict.fromkeys(e for t in session.topics for e in guide.catalogue.topics[t].also)
    extra = tuple(
        Recommendation(id=e, verdict="fits", reasons=("degree",), open=(), rank=guide.router.entries[e].rank)
        for e in added
        if e not in known and e in guide.router.entries
    )
    fitting = [r for r in (*found, *extra) if r.verdict == "fits"]
    ordered = (*sorted(fitting, key=lambda r: r.rank), *(r for r in found if r.verdict == "clarify"))
    return ordered or (Recommendation(guide.catalogue.coordination.id, "fits", (), ()),)


def _next_step(guide: Guide, session: Session, first: Recommendation) -> Message:
    entry = guide.catalogue.entries[first.id]
    notes = guide.router.notes(session.facts)
    blocks: list[Block] = [Heading(_("Ihr nächster Schritt: {title}", title=Text(entry.title)))]
    blocks += [Paragraph(Text(n.text)) for n in notes if n.urgent]
    blocks.append(Paragraph(Text(entry.summary)))
    if first.clarify:
        blocks.append(Paragraph(_("Noch zu klären: {what}", what=Text(first.clarify))))
    reasons = why(guide, session, first)
    if reasons:
        blocks.append(Listing(_("Warum? Ihre Antworten:"), reasons))
    blocks += [Paragraph(Text(n.text)) for n in notes if not n.urgent]
    return Message((*blocks, Paragraph(_("Das können Sie tun: {step}", step=Text(entry.steps[0])))))


def _and_then(guide: Guide, session: Session, others: tuple[Recommendation, ...]) -> Message:
    blocks: list[Block] = []
    fitting = [guide.router.entries[r.id] for r in others if r.verdict == "fits"]
    if fitting:
        blocks.append(Listing(_("Das passt auch:"), tuple(Text(e.title) for e in fitting)))
    open_ones = [(guide.router.entries[r.id], r) for r in others if r.verdict == "clarify"]
    for what in dict.fromkeys(r.clarify or e.clarify for e, r in open_ones):
        titles = tuple(Text(e.title) for e, r in open_ones if (r.clarify or e.clarify) == what)
        blocks.append(Listing(_("Noch zu klären:"), titles))
        if what:
            blocks.append(Paragraph(Text(what), close=True))
    blocks.append(Paragraph(_("Was möchten Sie jetzt tun?")))
    further = tuple(show(guide.router.entries[r.id]) for r in others[:SHOWN_AT_ONCE])
    changes = tuple(change(guide.catalogue, f) for f in answered(session) if f in guide.catalogue.questions)
    return Message(tuple(blocks), (HUMAN, *further, *changes, RESTART))


def answered(session: Session) -> tuple[str, ...]:
    """The facts that the person can change, in the order of the questions."""
    facts = tuple(f for f in ORDER if f in session.facts)
    return (*facts, "field") if "field" in session.facts else facts


def why(guide: Guide, session: Session, recommendation: Recommendation) -> tuple[Sayable, ...]:
    """The answers that decided, as the person gave them; what is open is not among them."""
    return tuple(reason for fact in recommendation.reasons if (reason := told(guide, session.facts, fact)) is not None)


def told(guide: Guide, facts: dict[str, str], fact: str) -> Sayable | None:
    """How an answer is named among the reasons, or None where there is nothing to name."""
    value = facts.get(fact, UNKNOWN)
    if fact == "profession" and value == UNKNOWN and "profession_text" in facts:
        return Verbatim(facts["profession_text"])
    if value == UNKNOWN or fact == "papers":
        return None
    named = guide.catalogue.reason(fact, value)
    if isinstance(named, Text | Titled) and fact != "origin":
        return named
    return _("gelernt in: {country}", country=named)
