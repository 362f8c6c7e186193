"""Hearing: what a person means by an event, at the point where they are.

An alarm is heard before anything else; then commands and buttons, which are certain; then the words.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, assert_never

from flows.answered import standing
from flows.events import Chose, Edited, Event, Gathered, Said, Sent, Withdrawn
from flows.facts import CONCERNS, UNKNOWN
from flows.guide import Guide
from flows.moves import (
    ANSWERS,
    Alarm,
    Back,
    Begin,
    Bring,
    Changes,
    Delete,
    Force,
    Foreign,
    Greet,
    Help,
    Human,
    Languages,
    Look,
    LosePapers,
    Move,
    Mumble,
    MyData,
    Name,
    Nothing,
    OwnWords,
    Privacy,
    Refuse,
    Resume,
    Return,
    Revise,
    ShowData,
    Speak,
    Stale,
    TakeBack,
    Tell,
)
from flows.session import ASKING, AWAY_AFTER, WORDS, Screen, Session
from flows.understanding import Reading, clean, normalise, understand

_COMMAND: Final = re.compile(r"[/!]([a-zA-Z_]+)(?:@\w+)?(?:\s+(.*))?$", re.DOTALL)
COMMANDS: Final[dict[str, Move]] = {
    "start": Begin(),
    "restart": Begin(),
    "back": Back(),
    "help": Help(),
    "human": Human(),
    "language": Languages(),
    "continue": Resume(),
    "change": Changes(),
    "privacy": Privacy(),
    "mydata": MyData(),
    "delete": Delete(),
}
"""What commands, and buttons of the same name, mean."""
_WITH_ARGUMENT: Final = ("start", "language")
"""Commands whose argument is no sentence: nothing has to be understood of them."""
_BARE: Final = {
    ("eu_citizen", "yes"): "yes",
    ("eu_citizen", "no"): "no",
    ("degree", "no"): "none",
    ("notice", "no"): "none",
}
"""What a bare yes or no answers; elsewhere it is asked again."""


def sentence(event: Event) -> str:
    """The words of a message that have to be read; none of buttons, and of commands that come alone."""
    text = clean(event.text) if isinstance(event, Said | Edited) else ""
    command = _COMMAND.match(text)
    alone = command is not None and (not command[2] or command[1].lower() in _WITH_ARGUMENT)
    return "" if alone else text


def read(guide: Guide, session: Session, event: Event) -> Reading | None:
    """What the words of a message say; None where there are none, or only a command."""
    text = sentence(event)
    if not text:
        return None
    return _settled(guide, _of_citizen(guide, understand(text, session.asking, guide.lexicon)))


def hear(guide: Guide, session: Session, event: Event, reading: Reading | None) -> Move:
    """The move that an event makes. Never raises on what a person sends."""
    match event:
        case Gathered(data):
            return ShowData(data)
        case Sent(kind):
            return Nothing(kind)
        case Chose(choice, _at, turn):
            stale = turn not in (None, session.turn) and session.screen != Screen.START
            return Stale() if stale else _pressed(guide, session, choice)
        case Withdrawn():
            return TakeBack(event.answered) if event.answered else Nothing()
        case Edited():
            return _edited(guide, session, event, reading)
        case Said(text):
            return _said(guide, session, event, clean(text), reading)
        case _:
            assert_never(event)


def _said(guide: Guide, session: Session, event: Said, text: str, reading: Reading | None) -> Move:
    if reading is not None and reading.crisis:
        return _alarm(reading)
    if command := _COMMAND.match(text):
        return _commanded(guide, command[1].lower(), command[2] or "")
    if reading is None:
        return Nothing()
    if _was_away(session, event):
        return Return()
    if choice := _typed_choice(guide, session, text):
        return _pressed(guide, session, choice)
    return _meant(guide, session, text, reading)


def answering(session: Session, event: Event) -> Session:
    """The session that an event speaks to: an edited answer is heard, and taken, where it was given."""
    return standing(session, event.answered) if isinstance(event, Edited) and event.answered else session


def _edited(guide: Guide, then: Session, event: Edited, reading: Reading | None) -> Move:
    """Another answer to the same question, and said to be understood; anything else changes nothing. Commands are not
    run again."""
    text = clean(event.text)
    if reading is not None and reading.crisis:
        return _alarm(reading)
    if reading is None or not event.answered or _COMMAND.match(text):
        return Nothing("edited")
    choice = _typed_choice(guide, then, text)
    move = _pressed(guide, then, choice) if choice else _meant(guide, then, text, reading)
    own_words = isinstance(move, OwnWords) and "profession_text" not in event.answered.facts
    if own_words or isinstance(move, Mumble) or not isinstance(move, ANSWERS):
        return Nothing("edited")
    return replace(move, heard=True) if isinstance(move, Tell | Refuse) else move


def _alarm(reading: Reading) -> Move:
    return Force() if reading.crisis == {"forced"} else Alarm()


def also_spoken(guide: Guide, session: Session, reading: Reading | None) -> tuple[str, ...]:
    """Our languages that something was surely written in, if it was not the one we are speaking; two at most."""
    if reading is None or session.offered or session.language in reading.languages:
        return ()
    return tuple(code for code in reading.languages if code in guide.languages)[:2]


def _of_citizen(guide: Guide, reading: Reading) -> Reading:
    """Whose citizen somebody is, told by a country, says whether it is one of the EU."""
    country = reading.others.get("citizen")
    if country is None or "eu_citizen" in reading.facts or "eu_citizen" in reading.unsure:
        return reading
    return replace(reading, facts={**reading.facts, "eu_citizen": _is_eu(guide, country)})


def _is_eu(guide: Guide, country: str) -> str:
    return "yes" if country in guide.catalogue.eu_and_like else "no"


def _settled(guide: Guide, reading: Reading) -> Reading:
    """Professions that may be meant, where all lead to the same: of a word that may mean several the general one is
    taken, else the first of its file; beside a special one the general one says nothing (лікар-кардіолог)."""
    options = [o.value for o in reading.unsure.get("profession", ())]
    if not options or not guide.router.alike(options):
        return reading
    order = list(guide.catalogue.professions)
    general = {o for o in options if guide.catalogue.professions[o].general}
    ranked = sorted(options, key=lambda o: (o not in general, order.index(o)))
    if reading.several and len(ranked) - len(general) != 1:
        return reading
    taken = next(o for o in ranked if o not in general) if reading.several else ranked[0]
    unsure = {fact: o for fact, o in reading.unsure.items() if fact != "profession"}
    return replace(reading, facts={**reading.facts, "profession": taken}, unsure=unsure)


def _commanded(guide: Guide, name: str, argument: str) -> Move:
    if name == "language" and argument:
        meant = understand(argument, "language", guide.lexicon).others.get("language", argument.strip().lower())
        return Speak(meant) if meant in guide.languages else Languages()
    if name == "start" and argument:
        return linked(guide, argument.strip())
    return COMMANDS.get(name, Help(unknown=name[:WORDS]))


def linked(guide: Guide, payload: str) -> Begin:
    """A link's payload: `place-rostock`, `concern-employer`, `offer-iq-green`; anything else is ignored."""
    kind, _, value = payload.partition("-")
    if kind in ("place", "concern", "profession") and value != UNKNOWN and guide.catalogue.is_value(kind, value):
        return Begin(((kind, value),))
    entry = guide.router.entries.get(value)
    if kind == "offer" and entry is not None:
        return Begin(_concern_of(guide, value), entry.id)
    return Begin()


def _concern_of(guide: Guide, entry: str) -> tuple[tuple[str, str], ...]:
    """What somebody who follows a link to an entry wants, where the entry is for one thing; of several, a training."""
    concerns = guide.router.concerns(entry)
    meant = [c for c in ("qualification", *CONCERNS) if c in concerns]
    return (("concern", meant[0]),) if meant else ()


def _was_away(session: Session, event: Said) -> bool:
    return (
        session.screen not in (Screen.START, Screen.RETURNING)
        and session.seen is not None
        and event.at - session.seen >= AWAY_AFTER
    )


def _typed_choice(guide: Guide, session: Session, text: str) -> str | None:
    """The choice on screen whose number or label was typed."""
    words = normalise(text)
    if words.isdecimal() and len(words) <= 3 and 1 <= int(words) <= len(session.shown):
        return session.shown[int(words) - 1]
    named = guide.labels(session.language).get(words, frozenset())
    return next((choice for choice in session.shown if choice in named or normalise(choice) == words), None)


def _pressed(guide: Guide, session: Session, choice: str) -> Move:
    if choice in COMMANDS:
        return COMMANDS[choice]
    kind, _, what = choice.partition(":")
    if kind == "lang":
        return Speak(what) if what in guide.languages else Stale()
    if kind == "change":
        return Revise(what) if what in guide.catalogue.questions and session.screen != Screen.START else Stale()
    if kind == "show":
        return Look(what) if what in guide.router.entries else Stale()
    if session.asking is None:
        return Stale()
    if choice == UNKNOWN:
        return Refuse()
    if session.asking == "degree" and choice == "missing":
        return LosePapers()
    if guide.catalogue.is_value(session.asking, choice):
        return Tell(((session.asking, choice),))
    return Stale()


def _meant(guide: Guide, session: Session, text: str, reading: Reading) -> Move:
    others = reading.others
    if session.screen == Screen.LANGUAGE and text.lower() in guide.languages:
        return Speak(text.lower())
    if "language" in others and (session.screen == Screen.LANGUAGE or not reading.facts):
        return Speak(others["language"]) if others["language"] in guide.languages else Languages()
    if "commands" in others:
        return COMMANDS.get(others["commands"], Help())
    if reading.unsure:
        return _which(session, reading)
    if reading.facts:
        facts = _answering(guide, session.asking, reading)
        return Tell(tuple(facts.items()), heard=True, topics=reading.topics) if facts else Mumble()
    if reading.topics:
        return Bring(reading.topics)
    if reading.foreign:
        return Foreign()
    if session.asking and "unknown" in others:
        return Refuse()
    if session.asking and "yes_no" in others:
        return _bare(session, others["yes_no"])
    if "greetings" in others or session.screen in (Screen.START, Screen.DELETED):
        return Greet()
    if session.screen == Screen.AGAIN:
        return OwnWords(text if len(text) <= WORDS else text[: WORDS - 1] + "…")
    return Mumble(reading.nearest)


def _answering(guide: Guide, asked: str | None, reading: Reading) -> Mapping[str, str]:
    """A country as an answer to "where do you live?" is abroad; a German town as one to "which country?" is Germany; a
    country as one to "such a passport?" says yes or no."""
    if len(reading.facts) != 1 or not (reading.whole or asked in ("eu_citizen", "place")):
        return reading.facts
    match asked, dict(reading.facts):
        case "place", {"origin": "DE"}:
            return {}
        case "place", {"origin": _}:
            return {"place": "abroad"}
        case "origin", {"place": place} if place != "abroad":
            return {"origin": "DE"}
        case "eu_citizen", {"origin": country}:
            return {"eu_citizen": _is_eu(guide, country)}
    return reading.facts


def _which(session: Session, reading: Reading) -> Move:
    """Ask about the fact that is at hand, else about the first that is not clear."""
    at_hand = (f for f in (session.asking, *reading.unsure) if f is not None and f in reading.unsure)
    fact = next(at_hand)
    sure = tuple(reading.facts.items())
    return Name(fact, reading.unsure[fact], reading.several, sure, reading.topics)


def _bare(session: Session, yes_no: str) -> Move:
    if session.screen == Screen.AGAIN and yes_no == "yes" and len(session.options) == 1 and session.asking:
        return Tell(((session.asking, session.options[0].value),))
    value = _BARE.get((session.asking or "", yes_no))
    if session.screen in ASKING and session.asking and value:
        return Tell(((session.asking, value),))
    return Mumble()
