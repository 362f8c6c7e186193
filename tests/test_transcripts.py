"""Conversations as data: tests/transcripts/*.yaml. `pytest tests/test_transcripts.py --update` writes what they give.

A turn is what a person does (`say`, `choose`, or `after` some days) and what must follow: the fact that is asked, the
facts told, the result; `shows` are words that the turn's messages must contain, `hides` words that they must not.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.conversation import Conversation, as_json
from tests.conftest import LANGUAGES, TESTS, Clock, Talk

FILES = sorted((TESTS / "transcripts").glob("*.yaml"))


def play(conversation: Conversation, clock: Clock, turn: dict[str, Any]) -> dict[str, Any]:
    clock.pass_(days=turn.get("after", 0), minutes=1)
    did = conversation.said(turn["say"]) if "say" in turn else conversation.chose(turn["choose"])
    return as_json(conversation.knowledge, did)


def outcome(answer: dict[str, Any]) -> dict[str, Any]:
    """What a transcript keeps of a turn."""
    kept: dict[str, Any] = {"asking": answer["asking"], "facts": answer["facts"]}
    if answer["recommendations"]:
        kept["result"] = {r["id"]: r["verdict"] for r in answer["recommendations"]}
    return kept


def text_of(answer: dict[str, Any]) -> str:
    return "\n".join(m["text"] + "\n" + "\n".join(c["label"] for c in m["choices"]) for m in answer["messages"])


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_transcript(path: Path, talk: Talk, clock: Clock, request: pytest.FixtureRequest) -> None:
    transcript = yaml.safe_load(path.read_text("utf-8"))
    conversation = talk(transcript.get("language", "de"))
    for number, turn in enumerate(transcript["turns"], 1):
        answer = play(conversation, clock, turn)
        where = f"turn {number}: {turn}"
        for words in turn.get("shows", []):
            assert words in text_of(answer), f"{where}\n{text_of(answer)}"
        for words in turn.get("hides", []):
            assert words not in text_of(answer), where
        if request.config.getoption("--update"):
            turn.pop("result", None)
            turn.update(outcome(answer))
        else:
            expected = {k: turn[k] for k in ("asking", "facts", "result") if k in turn}
            assert outcome(answer) == expected, where
    if request.config.getoption("--update"):
        path.write_text(yaml.safe_dump(transcript, allow_unicode=True, sort_keys=False, width=110), "utf-8")


def test_there_are_enough_in_every_language() -> None:
    languages = [yaml.safe_load(p.read_text("utf-8")).get("language", "de") for p in FILES]
    assert len(FILES) >= 40
    assert all(languages.count(language) >= 3 for language in LANGUAGES)
