"""`lotse chat`: the conversation in a terminal, with numbered choices and colours where there is a terminal."""

import contextlib
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator

import click

from bot.conversation import Conversation
from bot.rendering.plain import render
from bot.translation.speaker import Speaker
from flows.engine import Turn
from flows.events import Say
from flows.texts import Choice, Heading, Message, _

INTRODUCTION = _("Schreiben Sie Ihre Antwort oder die Nummer davor. Ende: Strg+D")
FAREWELL = _("Auf Wiedersehen und alles Gute!")


def converse(conversation: Conversation) -> None:
    """Talk until the input ends. Colours only where the output is a terminal that wants them (NO_COLOR)."""
    _show(conversation, conversation.said("/start"))
    click.secho(_speaker(conversation).say(INTRODUCTION), dim=True, color=_colours())
    for line in _lines():
        _show(conversation, conversation.said(line))
    click.echo()
    click.echo(_speaker(conversation).say(FAREWELL))


def _lines() -> Iterator[str]:
    """What the person types, with the line editing that the system offers."""
    if sys.stdin.isatty():
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 (importing it is what makes `input` editable)
    while True:
        try:
            yield input("> " if sys.stdin.isatty() else "")
        except (EOFError, KeyboardInterrupt):
            return
        except UnicodeDecodeError:
            yield ""


def _colours() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def _speaker(conversation: Conversation) -> Speaker:
    return conversation.knowledge.speaker(conversation.session.language)


def _show(conversation: Conversation, turn: Turn) -> None:
    speaker = _speaker(conversation)
    for effect in turn.effects:
        if isinstance(effect, Say):
            _message(effect.message, speaker)


def _message(message: Message, speaker: Speaker) -> None:
    click.echo()
    heading, *rest = message.blocks or (None,)
    if isinstance(heading, Heading):
        click.secho(speaker.say(heading.text) + "\n", bold=True, color=_colours())
        message = Message(tuple(rest), message.choices)
    if message.blocks:
        click.echo(_wrapped(render(message, speaker)))
    for number, choice in enumerate(message.choices, 1):
        _choice(number, choice, speaker)


def _wrapped(text: str) -> str:
    """Lines broken between words, as wide as the terminal; as they are where there is none."""
    if not sys.stdout.isatty():
        return text
    width = shutil.get_terminal_size().columns
    return "\n".join(textwrap.fill(line, width) for line in text.split("\n"))


def _choice(number: int, choice: Choice, speaker: Speaker) -> None:
    click.echo(click.style(f"{number:>3}", fg="cyan", bold=True) + f"  {speaker.say(choice.label)}", color=_colours())
