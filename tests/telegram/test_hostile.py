"""Five hundred hostile updates: no exception, no effect on anybody else, and the bot goes on."""

import json
import random
from pathlib import Path
from typing import Any

from tests.emulator.telegram import Emulator
from tests.running import running

VICTIM, ATTACKER = 11, 22
ODD: list[Any] = [
    None, True, -1, 0, 2**70, 1.5, "", "x" * 70_000, "<b>", "</b><script>", "\u202e", [], {}, [[]], {"id": "x"},
    "' OR 1=1 --", "../../etc/passwd", "{facts}", "%s%n", "🏴‍☠️",
]  # fmt: skip


def hostile(draw: random.Random, number: int, message_id: int) -> dict[str, Any]:
    """An update as Telegram would never send it, or would only from somebody who means ill."""
    user = {"id": ATTACKER, "is_bot": False, "first_name": draw.choice(["<i>", "A", "x" * 5000]), "language_code": "de"}
    chat = {"id": ATTACKER, "type": "private"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": user, "text": "hallo"}
    kind = number % 5
    if kind == 0:  # wrong types in any place
        message[draw.choice(sorted(message))] = draw.choice(ODD)
        return {"message": message}
    if kind == 1:  # forged buttons, on other people's messages
        forged = ["1:recognition", "2:delete", "0:restart", f"{number}:nurse", "x" * 64, *map(str, ODD[:8])]
        there = {**message, "message_id": message_id, "chat": {"id": VICTIM, "type": "private"}}
        query = {"id": str(number), "from": user, "chat_instance": "1", "data": draw.choice(forged)}
        return {"callback_query": {**query, "message": draw.choice([message, there])}}
    if kind == 2:  # text that means to be more than text
        return {"message": {**message, "text": str(draw.choice(ODD))}}
    if kind == 3:  # whole parts missing or replaced
        return {
            draw.choice(["message", "callback_query", "edited_message", "my_chat_member", "poll"]): draw.choice(ODD)
        }
    message["entities"] = [{"type": draw.choice(["bot_command", "x", 5]), "offset": -5, "length": 2**40}]
    return {"message": message}


def test_five_hundred_hostile_updates(tmp_path: Path) -> None:
    draw = random.Random(3)
    with (
        Emulator() as tg,
        running(
            tmp_path / "log",
            database_url=f"sqlite:///{tmp_path}/x.db",
            telegram_token=tg.token,
            telegram_api_url=tg.url,
        ),
    ):
        tg.user(id=ATTACKER, language_code="de")
        victim = tg.user(id=VICTIM, language_code="de")
        victim.send("/start")
        question = victim.wait(2)[1]
        victim.send("1")
        victim.wait(1)
        for number in range(500):
            update = hostile(draw, number + 1000, question.message_id)
            tg.raw_update(update)
        tg.wait_confirmed(timeout=60)
        victim.send("Krankenschwester")
        assert "Wo wohnen Sie?" in victim.wait(1, timeout=60)[0].text
        assert len(victim.messages) == 4, "nothing reached the other person"
    events = [json.loads(line)["event"] for line in (tmp_path / "log").read_text("utf-8").splitlines()]
    assert "decision_failed" not in events
    assert "updates_not_taken" not in events
    assert "send_failed" not in events
