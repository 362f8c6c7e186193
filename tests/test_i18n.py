"""The translators' way: a German sentence changes, its translations are stale, and come back."""

import ast
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import paths
from bot.cli import main
from bot.knowledge import Knowledge, make_knowledge
from bot.translation.speaker import STALE_MARK
from flows.texts import Text, _n
from tests.conftest import LANGUAGES, TESTS

OTHERS = [language for language in LANGUAGES if language != "de"]


class Tree:
    """A copy of content/ and locales/ that a test may change."""

    def __init__(self, folder: Path) -> None:
        self.content, self.locales = folder / "content", folder / "locales"
        shutil.copytree(paths.CONTENT, self.content)
        shutil.copytree(paths.LOCALES, self.locales)
        self.offer = self.content / "offers" / "iq-training.yaml"
        self.sentence = next(
            line.removeprefix("summary: ") for line in self.offer.read_text("utf-8").splitlines() if "summary: " in line
        )

    def reword(self) -> str:
        """Somebody on the staff changes one German sentence, and nothing else."""
        new = self.sentence.replace("Sie", "Sie gern", 1) if "Sie" in self.sentence else f"{self.sentence} Gern."
        self.offer.write_text(self.offer.read_text("utf-8").replace(self.sentence, new), "utf-8")
        return new

    def lotse(self, *arguments: str) -> Result:
        settings = {"LOTSE_CONTENT": str(self.content), "LOTSE_LOCALES": str(self.locales)}
        return CliRunner().invoke(main, ["i18n", *arguments], env=settings)

    def said(self, german: str) -> dict[str, str]:
        knowledge = make_knowledge(self.content, self.locales)
        return {language: knowledge.speaker(language).say(Text(german)) for language in OTHERS}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_a_reworded_sentence_is_german_and_marked_until_same_brings_its_translations_back(tree: Tree) -> None:
    before = tree.said(tree.sentence)
    assert len(before) == 12
    assert not any(said.startswith(STALE_MARK) for said in before.values())
    new = tree.reword()
    assert set(tree.said(new).values()) == {STALE_MARK + new}, "at once, without touching a catalogue"
    assert tree.lotse("update").exit_code == 0
    assert set(tree.said(new).values()) == {STALE_MARK + new}, "what was translated was another sentence"
    id_, *languages = tree.lotse("stale").output.splitlines()[0].split()
    assert sorted(languages) == sorted(OTHERS)
    assert f"vorher: {tree.sentence}" in tree.lotse("stale").output
    status = tree.lotse("status").output.splitlines()
    assert [line for line in status if "100 %" in line] == []
    done = tree.lotse("same", id_)
    assert done.exit_code == 0, done.output
    assert tree.said(new) == before
    assert tree.lotse("stale").output == ""


def test_a_sentence_that_is_put_back_has_its_translations_again(tree: Tree) -> None:
    before = tree.said(tree.sentence)
    new = tree.reword()
    tree.lotse("update")
    tree.offer.write_text(tree.offer.read_text("utf-8").replace(new, tree.sentence), "utf-8")
    tree.lotse("update")
    assert tree.lotse("stale").output == ""
    assert tree.said(tree.sentence) == before


def test_an_id_that_is_not_stale_is_told(tree: Tree) -> None:
    done = tree.lotse("same", "abcdef0")
    assert done.exit_code == 1
    assert "lotse i18n stale" in done.output


def test_extract_writes_the_template_and_no_catalogue(tree: Tree) -> None:
    files = {path: path.read_bytes() for path in tree.locales.rglob("*.po")}
    new = tree.reword()
    assert "lotse.pot" in tree.lotse("extract").output
    assert new[:40] in (tree.locales / "lotse.pot").read_text("utf-8").replace('"\n"', "")
    assert {path: path.read_bytes() for path in files} == files


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5, 11, 21, 22, 100, 101])
@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_take_a_form_that_is_there(language: str, number: int, knowledge: Knowledge) -> None:
    speaker = knowledge.speaker(language)
    said = speaker.say(
        _n(
            "Wenn Sie {number} Tag nichts schreiben, lösche ich alles.",
            "Wenn Sie {number} Tage nichts schreiben, lösche ich alles.",
            number,
        )
    )
    assert not said.startswith(STALE_MARK)
    assert str(number) in said or number in (1, 2), "one and two can be words"


def test_every_text_is_marked_where_it_stands() -> None:
    """What `_` is given is a sentence, not a variable: only then is it extracted, and translated."""
    for path in (p for folder in (TESTS.parent / "flows", TESTS.parent / "bot") for p in folder.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("_", "_n"):
                assert isinstance(call.args[0], ast.Constant), f"{path}:{call.lineno}"
