"""Documentation under test: commands, settings and fields that docs name exist, and those that exist are named."""

import re
from pathlib import Path

import click
import pytest

from bot.cli import main
from bot.content.load import FILES, FOLDERS
from bot.settings import Settings
from flows.catalogue import Offer
from tests.conftest import TESTS

ROOT = TESTS.parent
README = (ROOT / "README.md").read_text("utf-8")
STAFF = (ROOT / "docs" / "redaktion.md").read_text("utf-8")


def commands() -> set[str]:
    found = set()
    for name, command in main.commands.items():
        if isinstance(command, click.Group):
            found |= {f"lotse {name} {sub}" for sub in command.commands}
        else:
            found.add(f"lotse {name}")
    return found


def test_the_readme_names_every_command_and_no_other() -> None:
    named = set(re.findall(r"`(lotse (?:i18n |matrix )?[a-z]+)[ `]", README))
    assert named == commands()


def test_the_readme_names_every_setting_and_no_other() -> None:
    settings = {f"LOTSE_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"LOTSE_[A-Z_]+", README)) == settings


def test_the_readme_names_every_make_target_it_needs() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"install", "run", "chat", "test", "check", "bench", "soak"} <= targets
    named = re.findall(r"(?:^|`)make ([a-z]+)(?:`| )", README, re.MULTILINE)
    assert set(named) <= targets
    assert {"run", "test"} <= set(named)


def test_staff_docs_name_every_folder_of_content() -> None:
    for folder in FOLDERS:
        assert f"`{folder}/`" in STAFF
    for name in FILES:
        assert f"`{name}.yaml`" in STAFF


def test_staff_docs_name_every_field_of_an_entry() -> None:
    example = STAFF.split("```yaml")[1].split("```")[0]
    fields = {info.alias or name for name, info in Offer.model_fields.items()} - {"when_unknown"}
    assert {f for f in fields if not re.search(rf"^{f}:", example, re.MULTILINE)} == set()
    assert "when_unknown" in STAFF


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target
