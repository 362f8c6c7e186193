"""What the moves do to a session. An action never chooses the next screen: the table does (flows/dialogue.py)."""

from dataclasses import dataclass, replace
from typing import Any

from flows.answered import standing
from flows.events import Effect, Forget, Gather
from flows.facts import OF_THE_PROFESSION, UNKNOWN, contradictions
from flows.guide import Guide
from flows.moves import (
    Begin,
    Bring,
    Help,
    Look,
    Mumble,
    Name,
    Nothing,
    OwnWords,
    Refuse,
    Revise,
    ShowData,
    Speak,
    TakeBack,
    Tell,
)
from flows.screens import buttons
from flows.screens.buttons import change as change_button
from flows.screens.result import told
from flows.session import Option, Screen, Session
from flows.texts import Attachment, Block, Choice, InLanguage, LanguageName, Listing, Paragraph, Text, Verbatim, _
from flows.understanding import Reading


@dataclass(frozen=True, slots=True)
class Step:
    """The session after an action, what is said before the next screen, and buttons that correct what was said."""

    session: Session
    said: tuple[Block, ...] = ()
    topics: tuple[str, ...] = ()
    correct: tuple[Choice, ...] = ()
    attached: tuple[Block, ...] = ()
    effects: tuple[Effect, ...] = ()


def begin(guide: Guide, session: Session, move: Begin) -> Step:
    """Everything from the start, in the language of before; what a link prefilled is said."""
    begun = Session(
        language=session.language, channel=session.channel, encrypted=session.encrypted, turn=session.turn,
        seen=session.seen, facts=dict(move.facts),
    )  # fmt: skip
    if move.entry:
        return Step(begun, (Paragraph(_("Es geht um: {title}", title=Text(guide.router.entries[move.entry].title))),))
    reasons = tuple(r for fact, _value in move.facts if (r := told(guide, begun.facts, fact)) is not None)
    if not reasons:
        return Step(begun)
    correct = tuple(change_button(guide.catalogue, fact) for fact, _value in move.facts)
    return Step(begun, (Listing(_("Das weiß ich schon:"), reasons),), correct=correct)


def stay(guide: Guide, session: Session, move: Any) -> Step:
    return Step(session)


def stale(guide: Guide, session: Session, move: Any) -> Step:
    return Step(
        session, (Paragraph(_("Dieser Knopf gehört zu einer anderen Frage. Ihre Antworten sind unverändert.")),)
    )


def wordless(guide: Guide, session: Session, move: Nothing) -> Step:
    match move.kind:
        case "photo" | "document":
            text = _("Bitte schicken Sie mir keine Fotos und Dokumente. Ich sehe sie nicht an und speichere sie nicht.")
        case "voice":
            text = _("Ich kann Sprachnachrichten leider nicht hören. Bitte schreiben Sie ein paar Worte.")
        case "location":
            text = _("Ich sehe Ihren Standort nicht. Bitte schreiben Sie den Ort oder die Postleitzahl.")
        case "edited":
            text = _("Ich sehe nicht, was Sie geändert haben. Bitte schreiben Sie Ihre Antwort noch einmal.")
        case "undecrypted":
            text = _("Ich konnte Ihre letzte Nachricht nicht entschlüsseln. Bitte schicken Sie sie noch einmal.")
        case _other:
            text = _("Ich verstehe nur Text. Bitte schreiben Sie ein paar Worte.")
    return Step(session, (Paragraph(text),))


def foreign(guide: Guide, session: Session, move: Any) -> Step:
    text = _(
        "Diese Sprache kann ich leider noch nicht."
        " Bitte wählen Sie eine von diesen Sprachen oder sprechen Sie mit einem Menschen."
    )
    return Step(session, (Paragraph(text),))


def offer_languages(step: Step, languages: tuple[str, ...]) -> Step:
    """What was written is in another language than ours: it is offered, in that language, once a conversation."""
    if not languages:
        return step
    said = tuple(Paragraph(InLanguage(code, _go_on_in(LanguageName(code)))) for code in languages)
    buttons = tuple(Choice(f"lang:{code}", LanguageName(code)) for code in languages)
    session = step.session.model_copy(update={"offered": True})
    return replace(step, session=session, said=(*said, *step.said), correct=(*buttons, *step.correct))


def keep_hints(step: Step, reading: Reading) -> Step:
    """What a message may have meant is kept for the questions to come, and for changing what was taken."""
    hints = {**step.session.hints, **reading.hints}
    return replace(step, session=step.session.model_copy(update={"hints": hints}))


def _go_on_in(language: LanguageName) -> Text:
    return _("Möchten Sie in dieser Sprache weiterschreiben: {language}?", language=language)


def gather(guide: Guide, session: Session, move: Any) -> Step:
    return Step(session, effects=(Gather(),))


def show_data(guide: Guide, session: Session, move: ShowData) -> Step:
    return Step(session, attached=(Attachment("lotse.json", move.data),))


def forget(guide: Guide, session: Session, move: Any) -> Step:
    return Step(Session(language=session.language, channel=session.channel), effects=(Forget(),))


def help_(guide: Guide, session: Session, move: Help) -> Step:
    if not move.unknown:
        return Step(session)
    return Step(session, (Paragraph(_("Diesen Befehl kenne ich nicht: {command}", command=f"/{move.unknown}")),))


def puzzled(guide: Guide, session: Session, move: Mumble) -> Step:
    return Step(session, (Paragraph(_("Das habe ich leider nicht verstanden.")),))


def greet(guide: Guide, session: Session, move: Any) -> Step:
    return Step(session, (Paragraph(_("Guten Tag!")),))


def speak(guide: Guide, session: Session, move: Speak) -> Step:
    spoken = session.model_copy(update={"language": move.language})
    return Step(spoken, (Paragraph(_("Wir schreiben jetzt auf {language}.", language=LanguageName(move.language))),))


def look(guide: Guide, session: Session, move: Look) -> Step:
    return Step(session.model_copy(update={"detail": move.entry}))


def back(guide: Guide, session: Session, move: Any) -> Step:
    """One answer back; what was answered after it is forgotten."""
    if not session.history:
        return Step(session, (Paragraph(_("Weiter zurück geht es nicht. Das ist die erste Frage.")),))
    before = session.history[-1]
    return Step(session.model_copy(update={**dict(before), "history": session.history[:-1], "options": ()}))


def revise(guide: Guide, session: Session, move: Revise) -> Step:
    """Ask for one fact again; it keeps its answer until there is a new one."""
    return Step(session.remembering(asking=move.fact, options=()))


def record(guide: Guide, session: Session, move: Tell) -> Step:
    """Answers in; contradicted older ones out; what was understood from free words is said."""
    new = dict(move.facts)
    for topic in move.topics:
        new = {**guide.catalogue.topics[topic].facts, **new}
    if "concern" not in session.facts and new.get("notice", "none") not in ("none", UNKNOWN):
        new.setdefault("concern", "recognition")
    facts = _with(session, new)
    aside = tuple(o.value for o in session.options if o.value not in facts.values()) if _chose_one(session) else ()
    after = session.remembering(
        facts=facts,
        hints=_open(session, new),
        options=(),
        topics=tuple(dict.fromkeys((*session.topics, *move.topics))),
        aside=tuple(dict.fromkeys((*session.aside, *aside))),
    )
    if not move.heard:
        return Step(after, topics=move.topics)
    understood = tuple(f for f in new if f in guide.catalogue.questions and told(guide, facts, f) is not None)
    heard = tuple(reason for f in understood if (reason := told(guide, facts, f)) is not None)
    said = (Listing(_("Ich habe verstanden:"), heard),) if heard else ()
    return Step(after, said, move.topics, tuple(change_button(guide.catalogue, f) for f in understood))


def _chose_one(session: Session) -> bool:
    """Whether several professions were named and one has now been chosen."""
    return session.screen == Screen.WHICH and session.asking == "profession"


def _with(session: Session, new: dict[str, str]) -> dict[str, str]:
    """The facts with the new ones, without what these replace or contradict."""
    facts = dict(session.facts)
    if "profession" in new:
        facts = {k: v for k, v in facts.items() if k not in (*OF_THE_PROFESSION, "profession_text")}
    if new.get("degree") == "none" or ("degree" in new and session.screen != Screen.PAPERS):
        facts.pop("papers", None)
    if new.get("papers") == "missing" and "degree" not in new:
        facts.pop("degree", None)
    for fact, value in new.items():
        facts[fact] = value
        for given_up in contradictions(facts, newest=fact):
            facts.pop(given_up)
    return facts


def _open(session: Session, new: dict[str, str]) -> dict[str, tuple[Option, ...]]:
    """The hints for what is still not answered."""
    return {fact: options for fact, options in session.hints.items() if fact not in new}


def refuse(guide: Guide, session: Session, move: Refuse) -> Step:
    """An answer too: `unknown`. Of lost papers the kind may stay unknown."""
    new = {session.asked: UNKNOWN}
    after = session.remembering(facts=_with(session, new), hints=_open(session, new), options=())
    return Step(after, (Listing(_("Ich habe verstanden:"), (buttons.UNKNOWN.label,)),) if move.heard else ())


def take_back(guide: Guide, session: Session, move: TakeBack) -> Step:
    text = _("Sie haben Ihre Antwort gelöscht. Ich nehme sie zurück.")
    return Step(standing(session, move.answer), (Paragraph(text),))


def lose_papers(guide: Guide, session: Session, move: Any) -> Step:
    return Step(session.remembering(facts=_with(session, {"papers": "missing"}), options=()))


def ask_which(guide: Guide, session: Session, move: Name) -> Step:
    """Keep what is sure, and ask which of the values is meant."""
    step = record(guide, session, Tell(move.facts, heard=bool(move.facts), topics=move.topics))
    return Step(step.session.model_copy(update={"asking": move.fact, "options": move.options}), step.said, step.topics)


def ask_again(guide: Guide, session: Session, move: Mumble) -> Step:
    return Step(session.model_copy(update={"options": move.nearest}))


def take_words(guide: Guide, session: Session, move: OwnWords) -> Step:
    """Not understood twice: a profession is kept in the person's words, another question is left open."""
    after = refuse(guide, session, Refuse()).session
    if session.asking != "profession":
        return Step(after, (Paragraph(_("Das habe ich nicht verstanden. Wir lassen diese Frage offen.")),))
    after = after.model_copy(update={"facts": {**after.facts, "profession_text": move.words}})
    return Step(after, (Paragraph(_("Gut, ich nehme Ihre Worte: {words}", words=Verbatim(move.words))),))


def bring(guide: Guide, session: Session, move: Bring) -> Step:
    """A topic: answered at once; what it says of the person is kept."""
    return record(guide, session, Tell((), topics=move.topics))


def topic_text(guide: Guide, topic: str) -> Paragraph:
    return Paragraph(Text(guide.catalogue.topics[topic].text))
