"""Several workers on one database: one has the device; when it dies another takes over, and nobody notices much."""

from pathlib import Path

from tests.databases import new_url
from tests.matrix.bot import PASSWORD, Bot, answer, run
from tests.running import Running
from tests.synapse.person import Person
from tests.synapse.server import Synapse


def test_another_takes_over(synapse: Synapse, tmp_path: Path) -> None:
    async def scenario() -> None:
        bot = Bot(synapse, tmp_path / "bot", {"database_url": new_url("postgresql", tmp_path)})
        settings = {**bot.matrix(), **bot.settings, "matrix_password": PASSWORD}
        first = bot.start().wait_ready().process
        second = Running(tmp_path / "second", **settings).wait_ready()
        try:
            async with Person(synapse, tmp_path) as person:
                await person.open_chat(bot.user_id)
                await person.wait(2)
                assert "Beruf" in await answer(person, "1")
                bot.kill()
                await person.say("Krankenschwester")
                (told,) = await person.wait(1, 40)
                assert told.body.startswith("Ich habe verstanden: Pflegefachkraft")
                assert "Ausbildung" in await answer(person, "Rostock")
                assert len(person.messages) == 5
            assert first is not None
            assert '"matrix_ready"' in (tmp_path / "second").read_text()
        finally:
            second.stop()
        for log in (bot.log, tmp_path / "second"):
            assert '"error"' not in log.read_text(), log.read_text()

    run(scenario())
