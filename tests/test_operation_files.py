"""What operators get: compose.yaml, Dockerfile, the systemd unit, docs/betrieb.md; and a back-up can be restored."""

import asyncio
import configparser
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft201909Validator
from prometheus_client import Counter
from prometheus_client.metrics import MetricWrapperBase
from sqlalchemy import func, select

from bot.operation import metrics
from bot.settings import Settings
from bot.store import outbox, people
from bot.store.codec import decode
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.outbox import Draft, Pace
from bot.store.schema import outbox as outbox_table
from bot.store.schema import people as people_table
from flows.session import Session
from flows.texts import Message, Paragraph, _
from tests.conftest import TESTS

ROOT = TESTS.parent
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
IGNORED = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
UNIT = (ROOT / "contrib" / "lotse.service").read_text("utf-8")
DOCS = (ROOT / "docs" / "betrieb.md").read_text("utf-8")
SETTINGS = {f"LOTSE_{name.upper()}" for name in Settings.model_fields}
LIMIT = 45
"""Seconds to stop in: the service has 10, the sender 20, open requests 5."""


def named_settings(text: str) -> set[str]:
    return set(re.findall(r"LOTSE_[A-Z_]+", text))


def service(name: str) -> dict[str, Any]:
    return yaml.safe_load(COMPOSE)["services"][name]


# compose.yaml


def test_compose_is_valid_by_the_compose_specification() -> None:
    schema = json.loads((TESTS / "compose-spec.json").read_text("utf-8"))
    Draft201909Validator.check_schema(schema)
    validator = Draft201909Validator(schema)
    assert [e.message for e in validator.iter_errors(yaml.safe_load(COMPOSE))] == []
    assert list(validator.iter_errors({"services": {"bot": {"restrat": "always"}}})), "the schema sees mistakes"


def test_compose_names_only_settings_that_exist() -> None:
    assert named_settings(COMPOSE) <= SETTINGS
    assert {"LOTSE_CONTROLLER", "LOTSE_DATABASE_URL", "LOTSE_LISTEN", "LOTSE_METRICS_LISTEN"} <= named_settings(COMPOSE)


def test_compose_lets_in_every_setting() -> None:
    assert {name for name in service("bot")["environment"] if name.startswith("LOTSE_")} == SETTINGS


def test_compose_holds_no_secret_and_refuses_to_start_without_one() -> None:
    for name in ("bot", "db"):
        for variable, value in service(name)["environment"].items():
            if re.search(r"PASSWORD|TOKEN|SECRET", variable):
                assert value is None or re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), variable
    assert service("bot")["environment"]["LOTSE_CONTROLLER"].startswith("${LOTSE_CONTROLLER:?Bitte ")
    assert "@" not in re.sub(r"lotse@db", "", service("bot")["environment"]["LOTSE_DATABASE_URL"])


def test_compose_runs_the_bot_with_little_and_lets_it_finish() -> None:
    bot = service("bot")
    assert bot["user"] == "10001:10001"
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert bot["stop_grace_period"] == f"{LIMIT}s"
    assert bot["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert "/healthz" in bot["healthcheck"]["test"][-1]
    compile(bot["healthcheck"]["test"][-1], "healthcheck", "exec")


def test_compose_publishes_only_the_service_on_this_machine() -> None:
    assert service("bot")["ports"] == ["${PUBLISH:-127.0.0.1:8000}:8000"]
    assert "ports" not in service("db")
    assert service("synapse")["ports"] == ["${PUBLISH_MATRIX:-127.0.0.1:8008}:8008"]
    assert service("synapse")["profiles"] == ["synapse"], "it comes only when asked for"
    assert service("bot")["environment"]["LOTSE_MATRIX_STORE"] in [
        v.partition(":")[2] for v in service("bot")["volumes"]
    ]
    assert service("db")["networks"] == ["inner"]
    assert yaml.safe_load(COMPOSE)["networks"]["inner"] == {"internal": True}


def test_the_bot_starts_with_what_compose_gives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in service("bot")["environment"].items():
        if value is not None:
            monkeypatch.setenv(name, re.sub(r"\$\{\w+:\?[^}]+\}", "Beispiel", value))
    settings = Settings()
    assert settings.listen == ("0.0.0.0", 8000)
    assert settings.metrics_listen == ("0.0.0.0", 9100)


# Dockerfile


def instructions(name: str) -> list[str]:
    """The arguments of each such instruction, continued lines joined."""
    return re.findall(rf"^{name} (.+)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)


def test_the_image_runs_as_nobody_special_and_checks_itself() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\n?.*/healthz", last, re.MULTILINE)
    assert instructions("CMD") == ['["lotse", "run"]']
    assert last.index("\nUSER") < last.index("\nCMD")


def test_the_image_holds_no_secret() -> None:
    assert not instructions("ARG")
    assert not named_settings(DOCKERFILE)
    assert not re.search(r"(?i)password|token|secret|\.env", DOCKERFILE)


def test_the_image_installs_exactly_what_is_pinned() -> None:
    installs = [line for line in instructions("RUN") if "pip install" in line or "pip wheel" in line]
    assert len(installs) == 2
    assert "--require-hashes -r requirements.txt" in installs[0]
    assert installs[1].count("--no-deps") == 2


def copied() -> list[str]:
    """What the Dockerfile copies out of the project."""
    copies = [line.split() for line in instructions("COPY") if not line.startswith("--from")]
    return sorted({source for *sources, _target in copies for source in sources})


def test_only_what_the_dockerfile_copies_is_sent_to_the_builder() -> None:
    assert IGNORED[1] == "*"
    assert sorted(line[1:] for line in IGNORED if line.startswith("!")) == copied()
    patterns = [line.removeprefix("**/") for line in IGNORED if line.startswith("**/")]
    for name in (".env", ".env.local", "lotse.db", "lotse.db-wal", "__pycache__"):
        assert any(fnmatch(name, pattern) for pattern in patterns), name


def test_what_the_dockerfile_copies_makes_a_wheel(tmp_path: Path) -> None:
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / "src" / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (tmp_path / "src").mkdir(exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / "src" / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel"]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, tmp_path / "src"], check=True)
    assert len(list(tmp_path.glob("lotse-*.whl"))) == 1


# systemd


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze; the unit's keys are checked below")
    unit = tmp_path / "lotse.service"
    unit.write_text(UNIT.replace("/opt/lotse/.venv/bin/lotse", sys.executable), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
    assert [line for line in (done.stdout + done.stderr).splitlines() if "lotse" in line] == []
    assert done.returncode == 0, done.stderr


class _Several(dict[str, Any]):
    """A key that stands there several times keeps every value, joined by a space."""

    def __setitem__(self, key: str, value: Any) -> None:
        if isinstance(value, list) and isinstance(self.get(key), list):
            value = self[key] + value
        super().__setitem__(key, value)


def test_the_unit_says_what_it_must() -> None:
    unit = configparser.RawConfigParser(strict=False, dict_type=_Several)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(UNIT)
    assert unit.sections() == ["Unit", "Service", "Install"]
    service = dict(unit["Service"])
    assert service["User"] == "lotse"
    assert service["EnvironmentFile"] == "/etc/lotse.env"
    assert service["StateDirectory"] == "lotse"
    assert service["Restart"] == "on-failure"
    assert service["TimeoutStopSec"] == str(LIMIT)
    assert service["ExecStart"] == "/opt/lotse/.venv/bin/lotse run"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert named_settings(UNIT) <= SETTINGS


# docs/betrieb.md


def test_docs_explain_every_setting_and_no_other() -> None:
    assert set(re.findall(r"^\| `(LOTSE_[A-Z_]+)` \|", DOCS, re.MULTILINE)) == SETTINGS
    assert named_settings(DOCS) == SETTINGS


def test_docs_explain_every_metric_and_no_other() -> None:
    exist = set()
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            exist.add(family.name + ("_total" if isinstance(metric, Counter) else ""))
    assert "lotse_ready" in exist
    assert set(re.findall(r"^\| `(lotse_\w+)` \|", DOCS, re.MULTILINE)) == exist
    assert set(re.findall(r"\blotse_\w+", DOCS)) == exist


def test_docs_name_only_log_events_that_exist() -> None:
    table = DOCS.split("| im Protokoll steht |")[1].split("\n\n")[0]
    named = {e for row in table.splitlines()[2:] for e in re.findall(r"`(\w+)`", row.split("|")[1])}
    code = "".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    exist = set(re.findall(r'log\.\w+\(\s*"(\w+)"', code))
    assert named <= exist
    assert {
        "content_refused", "messages_given_up", "message_refused", "commit_failed", "webhook_not_registered",
    } <= named  # fmt: skip


def test_docs_explain_every_time_limit() -> None:
    days = yaml.safe_load((ROOT / "content" / "privacy.yaml").read_text("utf-8"))["days"]
    section = DOCS.split("## Was wie lange gespeichert wird")[1].split("###")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == set(days)


# Back-up and restore


def _message(number: int) -> Message:
    return Message((Paragraph(_("Sie wohnen in {place}.", place=f"Ort {number}")),))


async def _write(database: Database, number: int) -> None:
    """One person and a message that waits for them, together or not at all."""
    address = f"telegram:{number}"

    async def work(connection: Any) -> None:
        await people.save(database, connection, {address: Session(language="uk", turn=number)}, 1.0)
        await outbox.put(database, connection, [Draft(address, "uk", _message(number), number)], 1.0)

    await database.transaction(work)


async def _while_written(database: Database, back_up: Callable[[], Awaitable[None]]) -> None:
    """Back up while the database is open and one transaction follows the other."""
    backed_up = asyncio.create_task(back_up())
    number = 2
    while not backed_up.done():
        await _write(database, number)
        number += 1
    await backed_up
    await _write(database, number)


def _documented() -> str:
    """The Python that docs/betrieb.md gives to operators."""
    return DOCS.split("<<'EOF'\n")[1].split("EOF\n")[0]


async def _by_python(live: Path, copy: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _documented(), str(live), str(copy), stdout=asyncio.subprocess.PIPE
    )
    said, _nothing = await process.communicate()
    assert (process.returncode, said) == (0, b"ok\n")


async def _by_shell(live: Path, copy: Path) -> None:
    process = await asyncio.create_subprocess_exec("sqlite3", str(live), f".backup '{copy}'")
    assert await process.wait() == 0


@pytest.mark.parametrize("back_up", [_by_python, _by_shell], ids=["python", "sqlite3"])
def test_a_back_up_of_a_database_in_use_can_be_restored(
    tmp_path: Path, back_up: Callable[[Path, Path], Awaitable[None]]
) -> None:
    if back_up is _by_shell and shutil.which("sqlite3") is None:
        pytest.skip("no sqlite3 on this machine; the same by Python is tested")
    live, copy, restored = (tmp_path / name for name in ("lotse.db", "copy.db", "restored.db"))

    async def before() -> None:
        database = Database(f"sqlite:///{live}")
        await migrate(database)
        await _write(database, 1)
        await _while_written(database, lambda: back_up(live, copy))
        await database.close()

    async def after() -> None:
        database = Database(f"sqlite:///{restored}")
        await migrate(database)
        await database.transaction(lambda c: _restored(database, c))
        await database.close()

    asyncio.run(before())
    shutil.copy(copy, restored)
    live.unlink()
    asyncio.run(after())


async def _restored(database: Database, connection: Any) -> None:
    sessions = await people.load(database, connection, ["telegram:1"], 2.0)
    assert sessions == {"telegram:1": Session(language="uk", turn=1)}
    counts = [(await connection.execute(select(func.count()).select_from(t))).scalar_one() for t in _TOGETHER]
    assert counts[0] == counts[1], "no transaction is half in the back-up"
    assert await outbox.is_waiting(connection)
    at_once = {"telegram": Pace(per_second=1e6, chat_interval=0.0, chat_burst=1)}
    first, *_rest = await outbox.claim(database, connection, at_once, 1000, 2.0)
    assert (first.address, first.language, first.turn) == ("telegram:1", "uk", 1)
    assert decode(first.body) == _message(1)


_TOGETHER = (people_table, outbox_table)
