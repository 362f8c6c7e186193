"""The proof, and every message of it rendered in each language for each channel's limits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.content.findings import Finding
from bot.content.sources import Loaded
from bot.content.yaml import Where
from bot.knowledge import Knowledge
from bot.rendering.limits import LIMITS, SCREEN, Limits
from bot.rendering.plain import render
from bot.translation.speaker import Speaker
from flows.catalogue import Entry, ProfessionFile, Question
from flows.proof import MOST_FOR, MOST_QUESTIONS, Problem, Proof, prove
from flows.screens import buttons
from flows.texts import Attachment, Choice, Contact, GermanSentence, Heading, Listing, Message, Paragraph, Sayable, Text

Places = dict[str, tuple[str, int]]
"""msgid → where it stands: (file, line)."""


@dataclass
class Walked:
    """What was walked and rendered, and what was found on the way."""

    paths: int
    steps: int
    longest: int
    messages: int
    renderings: int
    findings: list[Finding]


def walk(knowledge: Knowledge, loaded: Loaded, places: Places, today: date) -> Walked:
    proof = prove(knowledge.guide(today))
    renderer = _Rendering(loaded, places)
    findings = [_problem(p, loaded) for p in proof.problems]
    for language in knowledge.languages:
        findings += renderer.check(proof.messages, knowledge.speaker(language))
    findings += _labels(knowledge, renderer)
    return _walked(proof, renderer, findings)


def _walked(proof: Proof, renderer: "_Rendering", findings: list[Finding]) -> Walked:
    once = list(dict.fromkeys(findings))
    return Walked(proof.paths, proof.steps, proof.longest, len(proof.messages), renderer.count, once)


def _problem(problem: Problem, loaded: Loaded) -> Finding:
    """A broken promise, at the line that staff would change."""
    path = " → ".join(f"{question}: {answer}" for question, answer in problem.answers) or "immer"
    match problem.kind:
        case "unreachable":
            source = loaded.entry_source(problem.entry)
            text = "hierher führt kein Weg: keine Antworten erfüllen `for:`"
            return source.finding(("for",), "unreachable", text)
        case "dead-end":
            question, answer = problem.answers[-1]
            return _at_answer(loaded, question, answer, "dead-end", f"Sackgasse, hier passt nichts mehr ({path})")
        case "needless":
            text = f"unnötige Frage: keine Antwort ändert das Ergebnis ({path})"
        case "not-asked":
            text = f"diese Frage fehlt: sie könnte das Ergebnis noch ändern ({path})"
        case _:
            most = MOST_FOR.get(dict(problem.answers).get("concern", ""), MOST_QUESTIONS)
            text = f"zu viele Fragen, mehr als {most} ({path})"
    return _question_file(loaded, problem.question, ("fact",), problem.kind, text)


def _at_answer(loaded: Loaded, question: str, answer: str, rule: str, text: str) -> Finding:
    for _source, model in loaded.of(Question):
        if model.fact == question:
            values = [c.value for c in model.choices]
            where: Where = ("choices", values.index(answer), "value") if answer in values else ("fact",)
            return _question_file(loaded, question, where, rule, text)
    return Finding("content/questions", 1, question, rule, text)


def _question_file(loaded: Loaded, question: str, where: Where, rule: str, text: str) -> Finding:
    for source, model in loaded.of(Question):
        if model.fact == question:
            return source.finding(where, rule, text)
    return Finding("content/questions", 1, question, rule, text)


class _Rendering:
    """Renders messages and holds them against the limits."""

    def __init__(self, loaded: Loaded, places: Places) -> None:
        self.count = 0
        self._loaded = loaded
        self._places = places
        self._secret = [
            (source, ("contact", key), str(value))
            for source, entry in loaded.of(Entry)
            if entry.contact is not None and not entry.has_own_contact()
            for key in ("phone", "email", "address")
            if (value := getattr(entry.contact, key))
        ]

    def check(self, messages: Iterable[Message], speaker: Speaker) -> Iterator[Finding]:
        for message in messages:
            text = render(message, speaker)
            units = len(text.encode("utf-16-le")) // 2
            self.count += len(LIMITS)
            for channel, limits in LIMITS.items():
                if units > limits.text or len(message.choices) > limits.choices:
                    yield self._over(message, speaker, f"{channel}: {units} Zeichen, {limits.text} sind erlaubt")
            if units > SCREEN:
                yield self._over(message, speaker, f"{units} Zeichen sind mehr als ein Bildschirm ({SCREEN})")
            for source, where, secret in self._secret:
                if secret in text:
                    yield source.finding(where, "contact", f"ein unbestätigter Kontakt würde gezeigt: {secret}")
            yield from self.choices(message.choices, speaker)

    def choices(self, choices: Iterable[Choice], speaker: Speaker) -> Iterator[Finding]:
        for choice in choices:
            for channel, limits in LIMITS.items():
                if fault := _button_fault(choice, speaker, limits):
                    file, line = self._choice_place(choice)
                    yield Finding(file, line, choice.id, "button", f"{channel}, {speaker.language}: {fault}")

    def _over(self, message: Message, speaker: Speaker, fault: str) -> Finding:
        longest = max(_texts(message), key=lambda t: len(speaker.say(t)), default=None)
        file, line = self._places.get(longest.msgid if longest else "", ("flows/screens", 1))
        return Finding(file, line, speaker.language, "length", f"zu langer Text ({fault})")

    def _choice_place(self, choice: Choice) -> tuple[str, int]:
        for source, file in self._loaded.of(ProfessionFile):
            for i, profession in enumerate(file.professions):
                if profession.id == choice.id:
                    return source.file, source.document.line(("professions", i, "id"))
        id_ = choice.id.partition(":")[2] or choice.id
        for source, entry in self._loaded.of(Entry):
            if entry.id == id_:
                return source.file, source.document.line(("id",))
        for source, question in self._loaded.of(Question):
            for i, offered in enumerate(question.choices):
                if offered.value == choice.id:
                    return source.file, source.document.line(("choices", i, "value"))
        return "flows/screens/buttons.py", 1


def _button_fault(choice: Choice, speaker: Speaker, limits: Limits) -> str | None:
    size, length = len(choice.id.encode()), len(speaker.say(choice.label))
    if size > limits.choice_bytes:
        return f"die Id des Knopfs hat {size} Bytes, {limits.choice_bytes} sind erlaubt"
    if length > limits.label:
        return f"der Knopf hat {length} Zeichen, {limits.label} sind erlaubt"
    return None


def _labels(knowledge: Knowledge, renderer: _Rendering) -> Iterator[Finding]:
    """Every button there can be, "did you mean" included: the walked paths show only some of them."""
    choices = [Choice(p.id, p.titled()) for p in knowledge.catalogue.professions.values()]
    choices += buttons.every(knowledge.catalogue)
    for language in knowledge.languages:
        yield from renderer.choices(choices, knowledge.speaker(language))


def _texts(message: Message) -> Iterator[Text]:
    """All translatable texts of a message, those inside parameters included."""
    for block in message.blocks:
        match block:
            case Heading(text) | Paragraph(text):
                yield from _inside(text)
            case Listing(lead, items):
                for said in (lead, *items):
                    yield from _inside(said)
            case GermanSentence(sentence):
                yield Text(sentence)
            case Contact() | Attachment():
                pass


def _inside(said: Sayable) -> Iterator[Text]:
    if isinstance(said, Text):
        yield said
        for _name, value in said.params:
            yield from _inside(value)
