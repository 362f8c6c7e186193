"""What Telegram shows of the bot: its commands and descriptions, in every language; told only when they changed."""

import hashlib
import json
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.knowledge import Knowledge
from bot.store import leases
from bot.store.database import Database
from flows.texts import Text, _

_MARK: Final = "telegram:profile"
COMMANDS: Final[dict[str, Text]] = {
    "start": _("Von vorn beginnen"),
    "back": _("Eine Frage zurück"),
    "language": _("Sprache ändern"),
    "human": _("Mit einem Menschen sprechen"),
    "help": _("Hilfe"),
    "privacy": _("Ihre Daten"),
    "mydata": _("Alles sehen, was gespeichert ist"),
    "delete": _("Alles löschen"),
}
SHORT: Final = _("Zeigt Ihnen, wer Ihnen in Mecklenburg-Vorpommern bei Beruf und Arbeit helfen kann. Kostenlos.")
LONG: Final = _(
    "Ich bin Lotse, ein Programm des IQ Netzwerks Mecklenburg-Vorpommern. Ich stelle wenige Fragen und zeige Ihnen,"
    " wer Ihnen bei Anerkennung, Weiterbildung und Problemen bei der Arbeit helfen kann. Das ist kostenlos."
    " Ich bin keine Behörde."
)

log = structlog.get_logger("telegram")


def profile(knowledge: Knowledge) -> dict[str, dict[str, Any]]:
    """Language → commands, description, short description; "" is for everybody else, in German."""
    told = {}
    for language in ("", *knowledge.languages):
        speaker = knowledge.speaker(language or "de")
        told[language] = {
            "commands": {name: speaker.say(text) for name, text in COMMANDS.items()},
            "description": speaker.say(LONG),
            "short": speaker.say(SHORT),
        }
    return told


async def tell(bot: Bot, database: Database, knowledge: Knowledge) -> None:
    """Tell Telegram what changed since it was last told. Failing is no reason not to start."""
    told = profile(knowledge)
    digest = hashlib.sha256(json.dumps([bot.id, told], sort_keys=True).encode()).hexdigest()

    async def last(connection: AsyncConnection) -> str | None:
        return await leases.marked(connection, _MARK)

    async def note(connection: AsyncConnection) -> None:
        await leases.mark(database, connection, _MARK, digest)

    if await database.transaction(last) == digest:
        return
    try:
        for language, texts in told.items():
            commands = [BotCommand(name, text) for name, text in texts["commands"].items()]
            await bot.set_my_commands(commands, language_code=language or None)
            await bot.set_my_description(texts["description"], language_code=language or None)
            await bot.set_my_short_description(texts["short"], language_code=language or None)
    except TelegramError as error:
        log.warning("profile_not_told", error=type(error).__name__)
        return
    await database.transaction(note)
