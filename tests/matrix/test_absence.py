"""Nothing is lost: what was written while the bot was down or lost, and what cannot be read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from nio import Api

from bot.conversation import Conversation
from bot.rendering.plain import block_text
from flows.events import Say
from tests.conftest import Talk
from tests.matrix.bot import answer, joined, run, running
from tests.synapse.person import Person
from tests.synapse.server import Synapse

LOST = "Ich konnte Ihre letzte Nachricht nicht entschlüsseln. Bitte schicken Sie sie noch einmal."
WRITTEN = ["1", "Krankenschwester", "Rostock", "1", "/back"] * 8


def firsts(conversation: Conversation, texts: list[str]) -> list[str]:
    """How every message that must come begins."""
    speaker = conversation.knowledge.speaker("de")
    says = [e for text in texts for e in conversation.said(text).effects if isinstance(e, Say)]
    return [block_text(e.message.blocks[0], speaker) for e in says]


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
def test_forty_messages_while_the_bot_is_down(synapse: Synapse, tmp_path: Path, talk: Talk, encrypted: bool) -> None:
    async def scenario() -> None:
        with running(synapse, tmp_path / "bot") as bot:
            async with Person(synapse, tmp_path) as person:
                await person.open_chat(bot.user_id, encrypted=encrypted)
                await person.wait(2)
                bot.stop()
                for text in WRITTEN:
                    await person.say(text)
                bot.start()
                conversation = talk("de")
                conversation.session = conversation.session.model_copy(update={"channel": "matrix"})
                expected = firsts(conversation, ["/start", *WRITTEN])[2:]
                got = await person.wait(len(expected), 60)
                for message, begins in zip(got, expected, strict=True):
                    assert message.body.startswith(begins)
            assert bot.errors() == []

    run(scenario(), 150)


def test_what_cannot_be_read_is_asked_for_once(synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        with running(synapse, tmp_path / "bot") as bot:
            async with Person(synapse, tmp_path) as person:
                await person.open_chat(bot.user_id)
                await person.wait(2)
                await answer(person, "1")
                keys = Withheld(person)
                await person.say("Krankenschwester")
                await person.say("Krankenschwester")
                (words,) = await person.wait()
                assert words.body.startswith(LOST)
                bot.stop()
                bot.start()
                person.client.invalidate_outbound_session(person.room_id)
                keys.forget()
                assert "Pflegefachkraft" in await answer(person, "Krankenschwester")
                assert len(person.messages) == 5
            assert bot.errors() == []

    run(scenario())


class Withheld:
    """From here on the keys of a person's messages are kept back: what a client does that trips over something."""

    def __init__(self, person: Person) -> None:
        self._client = person.client
        self._kept: list[Any] = []
        self._share = self._client.olm.share_group_session_parallel
        self._client.invalidate_outbound_session(person.room_id)
        self._client.olm.share_group_session_parallel = self._keep

    def _keep(self, *args: Any, **more: Any) -> Iterator[Any]:
        self._kept += self._share(*args, **more)
        return iter(())

    def forget(self) -> None:
        """They are lost for ever; those that come now are sent."""
        self._client.olm.share_group_session_parallel = self._share

    async def release(self) -> None:
        """Send them after all; and all that come now."""
        self.forget()
        for _who, messages in self._kept:
            method, path, data = Api.to_device(self._client.access_token, "m.room.encrypted", messages, uuid4())
            assert (await self._client.send(method, path, data)).ok


def test_a_key_that_comes_late_opens_what_it_was_for(synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        with running(synapse, tmp_path / "bot") as bot:
            async with Person(synapse, tmp_path) as person:
                await person.open_chat(bot.user_id)
                await person.wait(2)
                await answer(person, "1")
                soon = Withheld(person)
                await person.say("Krankenschwester")
                await soon.release()
                assert "Pflegefachkraft" in joined(await person.wait())
                late = Withheld(person)
                await person.say("Rostock")
                assert joined(await person.wait()).startswith(LOST)
                await late.release()
                assert "Ausbildung" in joined(await person.wait())
            assert bot.errors() == []

    run(scenario())
