"""`lotse chat --json` as a program outside sees it: a real process, lines in, lines out."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LANGUAGES

LOTSE = Path(sys.executable).with_name("lotse")


class Program:
    """One `lotse chat --json`; `send` writes a line and reads the one that answers it."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [LOTSE, "chat", "--json", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def send_bytes(self, line: bytes) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline().decode("utf-8"))
        return answer

    def say(self, text: str) -> dict[str, Any]:
        return self.send_bytes(json.dumps({"text": text}).encode())

    def choose(self, choice: str) -> dict[str, Any]:
        return self.send_bytes(json.dumps({"choice": choice}).encode())


@contextmanager
def program(*arguments: str) -> Iterator[Program]:
    running = Program(*arguments)
    try:
        yield running
    finally:
        running.process.stdin.close()  # type: ignore[union-attr]
        running.process.stdout.close()  # type: ignore[union-attr]
        assert running.process.wait(timeout=20) == 0


@pytest.fixture(scope="module")
def german() -> Iterator[Program]:
    with program() as running:
        yield running


ROWS: list[tuple[list[str], dict[str, str]]] = [
    (["labour_rights", "no"], {"faire-integration": "fits", "pointer-correct": "fits"}),
    (["labour_rights", "yes"], {"pointer-correct": "fits", "iq-coordination": "fits"}),
    (["labour_rights", "unknown"], {"pointer-correct": "fits", "faire-integration": "clarify"}),
    (["employer", "schwerin"], {"fachkraefteeinwanderung": "fits", "pointer-fachkraefte-service-zentrale": "fits"}),
    (["employer", "abroad"], {"fachkraefteeinwanderung": "clarify", "pointer-fachkraefte-service-zentrale": "clarify"}),
    (
        ["recognition", "nurse", "rostock", "vocational", "SY", "partial"],
        {"aqb-migra-rostock": "fits", "iq-nursing": "fits", "iq-qualification": "fits"},
    ),
    (
        ["recognition", "nurse", "vorpommern_greifswald", "academic", "UA", "none"],
        {
            "aqb-genres-greifswald": "fits",
            "iq-nursing": "clarify",
            "iq-qualification": "clarify",
            "iq-training": "clarify",
            "iq-coaching": "clarify",
        },
    ),
    (["recognition", "nurse", "schwerin", "none"], {"aqb-vsp-schwerin": "fits", "iq-green": "clarify"}),
    (
        ["recognition", "nurse", "schwerin", "vocational", "DE"],
        {"aqb-vsp-schwerin": "fits", "iq-coaching": "clarify", "pointer-arbeitsagentur": "fits"},
    ),
    (
        ["qualification", "electrician", "mecklenburgische_seenplatte", "vocational", "UA", "partial"],
        {"aqb-genres-neubrandenburg": "fits", "iq-green": "fits", "iq-qualification": "fits"},
    ),
    (["qualification", "cook", "ludwigslust_parchim", "none"], {"aqb-vsp-schwerin": "fits", "iq-green": "clarify"}),
    (
        ["recognition", "cook", "vorpommern_ruegen", "vocational", "RO", "rejected"],
        {
            "aqb-migra-rostock": "fits",
            "iq-qualification": "clarify",
            "iq-training": "clarify",
            "iq-coaching": "clarify",
        },
    ),
    (
        ["recognition", "cook", "landkreis_rostock", "academic", "VN", "full"],
        {"aqb-migra-rostock": "fits", "iq-coaching": "clarify", "pointer-arbeitsagentur": "fits"},
    ),
    (
        ["recognition", "nurse", "abroad"],
        {
            "iq-coordination": "fits",
            "pointer-make-it-in-germany": "fits",
            "pointer-anerkennung-in-deutschland": "fits",
        },
    ),
    (["qualification", "cook", "elsewhere_in_germany"], {"iq-coordination": "fits", "pointer-netzwerk-iq": "fits"}),
    (["recognition", "cook", "unknown"], {"iq-coordination": "fits"}),
    (["other"], {"iq-coordination": "fits", "pointer-migrationsberatung": "fits"}),
    (["unknown"], {"iq-coordination": "fits", "pointer-migrationsberatung": "fits"}),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_row_gives_its_result(language: str) -> None:
    with program("--lang", language) as running:
        for choices, expected in ROWS:
            answer = running.say("/restart")
            assert answer["language"] == language
            for choice in choices:
                assert answer["recommendations"] == []
                assert choice in {c["id"] for m in answer["messages"] for c in m["choices"]} | {"VN", "RO"}
                answer = running.choose(choice)
            assert {r["id"]: r["verdict"] for r in answer["recommendations"]} == expected, choices
            assert answer["asking"] is None
            text = "\n".join(m["text"] for m in answer["messages"])
            assert "0381 377 996 49" in text or "www." in text or "correct-mv.de" in text
            assert language == "de" or "[DE]" not in text


def test_the_shape_of_an_answer(german: Program) -> None:
    answer = german.say("/start")
    assert set(answer) == {"messages", "language", "asking", "facts", "recommendations"}
    assert (answer["language"], answer["asking"], answer["facts"]) == ("de", "concern", {})
    assert [c["id"] for c in answer["messages"][-1]["choices"]][:2] == ["recognition", "qualification"]
    german.choose("recognition")
    answer = german.say("Krankenschwester")
    assert answer["facts"] == {"concern": "recognition", "profession": "nurse", "isco": "2221", "field": "nursing"}
    answer = german.say("/language")
    assert answer["asking"] == "language"
    assert {"lang:de", "lang:uk"} <= {c["id"] for c in answer["messages"][-1]["choices"]}


def test_reasons_and_what_is_open(german: Program) -> None:
    german.say("/restart")
    for choice in ("recognition", "nurse", "rostock", "vocational", "SY"):
        german.choose(choice)
    nursing = next(r for r in german.choose("unknown")["recommendations"] if r["id"] == "iq-nursing")
    assert nursing["verdict"] == "clarify"
    assert {"profession", "notice"} <= set(nursing["reasons"])
    assert nursing["open"] == ["notice"]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"{}",
        b'{"text": 5}',
        b'{"text": null}',
        b'{"choice": ["nurse"]}',
        b'{"text": "a", "choice": "b"}',
        b"\xff\xfe",
        b"[" * 50_000,
    ],
)
def test_a_malformed_line_gets_an_error_and_the_session_goes_on(german: Program, line: bytes) -> None:
    german.say("/restart")
    german.choose("recognition")
    assert set(german.send_bytes(line)) == {"error"}
    assert german.choose("nurse")["asking"] == "place"


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"text": "a" * 65_536}).encode(),
        json.dumps({"text": "Koch " * 13_000}).encode(),
        b'{"text": "\\ud800"}',
        b'{"text": "\\u0000\\u0007\\u202e\\u2066"}',
        '{"text": "‮Koch‬ <script>alert(1)</script> &amp;"}'.encode(),
        '{"text": "😀👩‍⚕️🇩🇪"}'.encode(),
        b'{"text": ""}',
        b'{"choice": ""}',
        b'{"choice": "\\ud83d"}',
        b'{"choice": "change:"}',
        b'{"choice": "lang:../../etc/passwd"}',
    ],
)
def test_odd_input_gets_a_kind_answer_and_the_conversation_goes_on(german: Program, line: bytes) -> None:
    german.say("/restart")
    german.choose("recognition")
    answer = german.send_bytes(line)
    assert answer["messages"][-1]["choices"]
    assert answer["facts"]["concern"] == "recognition"
    german.choose("change:profession")
    assert german.choose("nurse")["facts"]["profession"] == "nurse"


def test_every_button_of_every_other_screen_changes_nothing(german: Program) -> None:
    german.say("/restart")
    elsewhere = ["nurse", "rostock", "vocational", "missing", "partial", "yes", "no", "SY", "nursing", "x" * 500]
    for choice in elsewhere:
        answer = german.choose(choice)
        assert (answer["asking"], answer["facts"]) == ("concern", {})


def test_a_conversation_is_kept_in_a_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/lotse.db"
    with program("--database-url", url, "--user", "a") as running:
        running.say("/start")
        running.choose("recognition")
    with program("--database-url", url, "--user", "b") as running:
        assert running.say("hallo")["asking"] == "concern"
    with program("--database-url", url, "--user", "a") as running:
        assert running.choose("nurse")["asking"] == "place"


def test_killed_between_two_lines_nothing_is_lost(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/lotse.db"
    answers = ["recognition", "nurse", "rostock", "vocational", "SY"]
    for number, choice in enumerate(answers):
        running = Program("--database-url", url)
        if number == 0:
            running.say("/start")
        told = running.choose(choice)["facts"]
        running.process.kill()
        running.process.wait(timeout=20)
        running.process.stdin.close()  # type: ignore[union-attr]
        running.process.stdout.close()  # type: ignore[union-attr]
        assert list(told.values())[: number + 1][0] == "recognition"
    with program("--database-url", url) as running:
        assert running.choose("partial")["recommendations"][0]["id"] == "iq-nursing"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--lang", "xx"], "de, ar, bg, en, es, fa, fr, pl, ro, ru, tr, uk, vi"),
        (["--database-url", "nonsense"], "sqlite:///path/to/lotse.db"),
        (["--database-url", "mysql://host/db"], "sqlite:///path/to/lotse.db"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_said(arguments: list[str], says: str) -> None:
    done = subprocess.run(
        [LOTSE, "chat", "--json", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr.replace("\n", " ")


def test_broken_content_is_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "groups.yaml").write_text("groups: [", "utf-8")
    done = subprocess.run(
        [LOTSE, "chat", "--json"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={"LOTSE_CONTENT": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 1
    assert "content/groups.yaml:" in done.stderr
