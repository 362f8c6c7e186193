"""The smallest valid tree is clean; each smallest fault in it is found, with file and line."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.checks.run import Report, run

TESTS = Path(__file__).parent
CASES = sorted((TESTS / "broken").glob("*.yaml"))


def checked(tree: Path) -> Report:
    return run(tree / "content", tree / "locales", tree / "no-code", date(2026, 11, 23))


def break_it(tree: Path, case: dict[str, Any]) -> None:
    for name, text in case.get("files", {}).items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for name, (old, new) in case.get("replace", {}).items():
        path = tree / name
        text = path.read_text("utf-8")
        assert old in text, f"{name} has no {old!r}"
        path.write_text(text.replace(old, new), "utf-8")
    for name, (old, new, times) in case.get("long", {}).items():
        path = tree / name
        path.write_text(path.read_text("utf-8").replace(old, new * times), "utf-8")


def test_the_smallest_tree_is_clean() -> None:
    report = checked(TESTS / "minimal")
    assert [str(f) for f in report.errors] == []
    assert report.walked is not None
    assert report.walked.paths == 3


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_fault_is_found(path: Path, tmp_path: Path) -> None:
    case = yaml.safe_load(path.read_text("utf-8"))
    shutil.copytree(TESTS / "minimal", tmp_path, dirs_exist_ok=True)
    break_it(tmp_path, case)
    found = [str(f) for f in checked(tmp_path).errors]
    assert any(f.startswith(case["finding"]) for f in found), "\n".join(found)


def test_every_finding_is_told_at_once(tmp_path: Path) -> None:
    """Two faults in one tree are two findings: the checker does not stop at the first."""
    shutil.copytree(TESTS / "minimal", tmp_path, dirs_exist_ok=True)
    for name in ("bad-date", "broken-yaml"):
        case = yaml.safe_load((TESTS / "broken" / f"{name}.yaml").read_text("utf-8"))
        case = yaml.safe_load(yaml.safe_dump(case).replace("point.yaml", "point.yaml"))
        if name == "bad-date":
            case["replace"] = {"content/service_points/coordination.yaml": ["checked: 2026-11", "checked: 2026-13"]}
        break_it(tmp_path, case)
    rules = {f.rule for f in checked(tmp_path).errors}
    assert {"yaml", "schema"} <= rules
