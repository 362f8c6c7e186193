"""What every rival asks and hears: six questions with buttons, answered by text messages; nothing is sent."""

from collections.abc import Iterator
from typing import Any

QUESTIONS = {
    "concern": "Womit dürfen wir Ihnen helfen?",
    "profession": "Welchen Beruf haben Sie gelernt?",
    "place": "Wo wohnen Sie?",
    "degree": "Was für einen Abschluss haben Sie?",
    "origin": "In welchem Land haben Sie den Abschluss gemacht?",
    "notice": "Haben Sie schon einen Bescheid?",
}
LABELS = {
    "concern": ["Anerkennung", "Arbeit", "Deutschkurs", "Betrieb"],
    "profession": ["Pflegefachfrau", "Ärztin", "Elektroniker", "Lehrerin"],
    "place": ["Rostock", "Schwerin", "Güstrow", "Wismar"],
    "degree": ["Ausbildung", "Studium", "Keiner"],
    "origin": ["Syrien", "Ukraine", "Afghanistan", "Iran"],
    "notice": ["Keiner", "Beantragt", "Teilweise", "Voll"],
}
ANSWERS = ["/start", "Anerkennung", "Pflegefachfrau", "Rostock", "Ausbildung", "Syrien", "Teilweise"]
RESULT = "Danke! Diese Beratungsstelle ist für Sie da."
TOKEN = "1:nobody"
BOT = {"id": 1, "is_bot": True, "first_name": "Guide", "username": "guide_bot"}
SENT = {"message_id": 1, "date": 1_795_000_000, "chat": {"id": 1, "type": "private"}, "from": BOT, "text": RESULT}
"""Telegram's answer to every message."""
UPDATES = 20_000
PATIENCE = 10.0
"""Seconds after which no conversation is begun."""


def conversation(person: int) -> Iterator[dict[str, Any]]:
    """The updates of one person's conversation, as Telegram would give them."""
    sender = {"id": person, "is_bot": False, "first_name": "Olena", "language_code": "uk"}
    chat = {"id": person, "type": "private", "first_name": "Olena"}
    for number, text in enumerate(ANSWERS):
        message = {"message_id": number + 1, "date": 1_795_000_000, "chat": chat, "from": sender, "text": text}
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        yield {"update_id": person * len(ANSWERS) + number, "message": message}
