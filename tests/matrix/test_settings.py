"""What is missing or wrong is said before anything starts."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings
from tests.matrix.bot import PASSWORD, Bot
from tests.running import Running
from tests.synapse.server import Synapse

HERE = {
    "MATRIX_HOMESERVER": "http://127.0.0.1:8008", "MATRIX_USER": "@lotse:example.org", "MATRIX_PASSWORD": "x",
}  # fmt: skip


def settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"LOTSE_{name}", value)
    return Settings()


def test_matrix_on_this_machine_needs_no_controller(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, **HERE)
    assert (found.matrix_user, found.matrix_reactions) == ("@lotse:example.org", False)
    assert PASSWORD not in repr(found)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"MATRIX_USER": "@lotse:example.org"}, "fehlt noch: LOTSE_MATRIX_HOMESERVER, LOTSE_MATRIX_PASSWORD"),
        ({**HERE, "MATRIX_USER": "lotse"}, "sieht aus wie @lotse:example.org"),
        ({**HERE, "MATRIX_HOMESERVER": "matrix.example.org"}, "beginnt mit https://"),
        ({**HERE, "MATRIX_HOMESERVER": "https://matrix.example.org"}, "ohne LOTSE_CONTROLLER"),
        ({**HERE, "MATRIX_REACTIONS": "vielleicht"}, "matrix_reactions"),
    ],
)
def test_what_is_wrong_is_said(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], words: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        settings(monkeypatch, **values)
    assert words in str(wrong.value)


def test_a_wrong_password_and_a_foreign_folder_end_the_start(synapse: Synapse, tmp_path: Path) -> None:
    bot = Bot(synapse, tmp_path / "bot")
    assert "LOTSE_MATRIX_PASSWORD: Benutzer oder Passwort kennt der Server nicht" in ended(bot, matrix_password="no")
    bot.start().wait_ready()
    second = Bot(synapse, tmp_path / "second")
    try:
        assert "läuft Lotse?" in ended(second, matrix_store=str(bot.store))
    finally:
        bot.stop()
    assert f"LOTSE_MATRIX_STORE: der Ordner gehört zu {bot.user_id}" in ended(second, matrix_store=str(bot.store))


def ended(bot: Bot, **settings: str) -> str:
    """What a bot says that does not start."""
    assert bot.process is None or bot.process.process.poll() is not None
    process: Running = bot.start(**settings).process  # type: ignore[assignment]
    assert process.process.wait(timeout=40) == 1
    return bot.log.read_text("utf-8")
