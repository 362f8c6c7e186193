"""What is kept between starts: it is read again, it is never stale, and nothing fails without it."""

import shutil
from pathlib import Path

import pytest

from bot.content.load import ContentError
from bot.knowledge import make_knowledge
from tests.conftest import TESTS


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "lotse"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return shutil.copytree(TESTS / "minimal", tmp_path / "tree")


def prepared(tree: Path) -> str:
    """Reads everything; the first choice of the first question tells which content it was."""
    knowledge = make_knowledge(tree / "content", tree / "locales")
    knowledge.lexicon.prepare()
    return knowledge.catalogue.questions["concern"].text


def test_it_is_made_once_and_read_again(tree: Path, kept: Path) -> None:
    first = prepared(tree)
    files = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}
    assert sorted(name.partition("-")[0] for name in files) == ["catalogue", "dictionary"]
    assert prepared(tree) == first
    assert {path.name: path.stat().st_mtime_ns for path in kept.iterdir()} == files


def test_changed_content_is_never_the_old_one(tree: Path, kept: Path) -> None:
    old = prepared(tree)
    file = tree / "content" / "questions" / "concern.yaml"
    file.write_text(file.read_text("utf-8").replace(old, "Was möchten Sie wissen?"), "utf-8")
    assert prepared(tree) == "Was möchten Sie wissen?" != old


def test_what_cannot_be_read_is_made_anew(tree: Path, kept: Path) -> None:
    first = prepared(tree)
    for path in kept.iterdir():
        path.write_bytes(path.read_bytes()[:100])
    assert prepared(tree) == first


def test_without_a_folder_to_keep_it_in(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert prepared(tree)


def test_broken_content_is_told_and_not_kept(tree: Path, kept: Path) -> None:
    (tree / "content" / "questions" / "concern.yaml").write_text("fact: [")
    with pytest.raises(ContentError):
        prepared(tree)
    assert list(kept.iterdir()) == []
