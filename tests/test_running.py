"""`lotse run` from outside: settings, health, metrics, live content, a graceful end."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bot import paths
from tests.emulator.telegram import Emulator
from tests.running import LOTSE, Running, free_port, running

TOKEN = "1:abc"


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"LOTSE_LISTEN": "nonsense"}, "LOTSE_LISTEN"),
        ({"LOTSE_LISTEN": "0.0.0.0:8000"}, "LOTSE_CONTROLLER"),
        ({"LOTSE_DATABASE_URL": "mysql://x/y"}, "LOTSE_DATABASE_URL"),
        ({"LOTSE_TELEGRAM_TOKEN": "nonsense"}, "LOTSE_TELEGRAM_TOKEN"),
        ({"LOTSE_TELEGRAM_TOKEN": TOKEN}, "LOTSE_CONTROLLER"),
        ({"LOTSE_TELEGRAM_TOKEN": TOKEN, "LOTSE_TELEGRAM_API_URL": "http://10.0.0.1:1"}, "LOTSE_CONTROLLER"),
        ({"LOTSE_TELEGRAM_API_URL": "nonsense"}, "LOTSE_TELEGRAM_API_URL"),
        ({"LOTSE_TELEGRAM_WEBHOOK_URL": "https://x/y"}, "LOTSE_TELEGRAM_WEBHOOK_SECRET"),
        (
            {"LOTSE_TELEGRAM_WEBHOOK_URL": "https://x/y", "LOTSE_TELEGRAM_WEBHOOK_SECRET": "a b"},
            "LOTSE_TELEGRAM_WEBHOOK_SECRET",
        ),
        ({"LOTSE_CONTENT": "/nowhere"}, "content/groups.yaml"),
        ({"LOTSE_PUBLIC_URL": "lotse.example.org"}, "LOTSE_PUBLIC_URL"),
        ({"LOTSE_EMBED_ORIGINS": "https://www.iq-mv.de/path"}, "LOTSE_EMBED_ORIGINS"),
        ({"LOTSE_EMBED_ORIGINS": "*"}, "LOTSE_EMBED_ORIGINS"),
    ],
)
def test_a_wrong_setting_is_told_at_start(settings: dict[str, str], says: str, tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "LOTSE_DATABASE_URL": f"sqlite:///{tmp_path}/x.db", **settings}
    done = subprocess.run([LOTSE, "run"], capture_output=True, text=True, env=environment, timeout=30)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stderr


def test_an_address_in_use_is_told_at_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        environment = os.environ | {"LOTSE_LISTEN": address, "LOTSE_DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
        done = subprocess.run([LOTSE, "run"], env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert f"LOTSE_LISTEN: auf {address} kann Lotse nicht lauschen" in done.stderr


def test_an_unknown_bot_is_told_at_start(tmp_path: Path) -> None:
    with Emulator() as tg:
        environment = {
            "PATH": "/usr/bin:/bin",
            "LOTSE_DATABASE_URL": f"sqlite:///{tmp_path}/x.db",
            "LOTSE_LISTEN": f"127.0.0.1:{free_port()}",
            "LOTSE_TELEGRAM_TOKEN": "1:wrong",
            "LOTSE_TELEGRAM_API_URL": tg.url,
        }
        done = subprocess.run([LOTSE, "run"], capture_output=True, text=True, env=environment, timeout=30)
    assert done.returncode == 1
    assert "LOTSE_TELEGRAM_TOKEN" in done.stderr
    assert "1:wrong" not in done.stderr


def test_health_and_metrics(tmp_path: Path) -> None:
    metrics = free_port()
    with running(
        tmp_path / "log", database_url=f"sqlite:///{tmp_path}/x.db", metrics_listen=f"127.0.0.1:{metrics}"
    ) as bot:
        assert get(bot.port, "/healthz") == (200, '{"ok":true}')
        assert get(bot.port, "/metrics")[0] == 404
        status, text = get(metrics, "/metrics/")
        assert status == 200
        assert "lotse_ready 1.0" in text


def test_content_is_taken_over_while_it_runs_and_a_broken_edit_refused(tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(paths.CONTENT, content)
    question = content / "questions" / "concern.yaml"
    with (
        Emulator() as tg,
        running(
            tmp_path / "log",
            database_url=f"sqlite:///{tmp_path}/x.db",
            telegram_token=tg.token,
            telegram_api_url=tg.url,
            content=str(content),
        ),
    ):
        user = tg.user(id=1, language_code="de")
        user.send("/start")
        assert "Wobei brauchen Sie Hilfe?" in user.wait(2)[1].text
        text = question.read_text("utf-8")
        question.write_text(text.replace("text: Wobei brauchen Sie Hilfe?", "text: Was kann ich tun?"), "utf-8")
        assert asked_until(user, "Was kann ich tun?")
        question.write_text(text.replace("fact: concern", "fact: [concern"), "utf-8")
        refused = logged_until(tmp_path / "log", "content_refused")
        assert refused["file"] == "content/questions/concern.yaml"
        assert refused["line"] >= 1
        user.send("/restart")
        assert "Was kann ich tun?" in user.wait(1)[0].text


def asked_until(user: object, words: str, seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        user.send("/restart")  # type: ignore[attr-defined]
        if words in user.wait(1)[0].text:  # type: ignore[attr-defined]
            return True
        time.sleep(1.1)
    return False


def logged_until(log: Path, event: str, seconds: float = 60) -> dict[str, object]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for line in log.read_text("utf-8").splitlines():
            found: dict[str, object] = json.loads(line)
            if found["event"] == event:
                return found
        time.sleep(0.1)
    raise AssertionError(f"{event} was not logged:\n{log.read_text('utf-8')}")


def test_a_graceful_stop_sends_what_is_in_flight_and_keeps_the_rest(tmp_path: Path) -> None:
    with Emulator() as tg:
        settings = {
            "database_url": f"sqlite:///{tmp_path}/x.db",
            "telegram_token": tg.token,
            "telegram_api_url": tg.url,
        }
        bot = Running(tmp_path / "log", **settings).wait_ready()
        people = [tg.user(id=i + 1, language_code="de") for i in range(30)]
        for person in people:
            person.send("/start")
        time.sleep(0.3)
        assert bot.stop() == 0
        with running(tmp_path / "log", **settings):
            for person in people:
                person.wait(2, timeout=30)
        time.sleep(0.5)
        assert all(len(p.messages) == 2 for p in people), "each message came once"


def test_a_link_to_the_web_page_becomes_a_qr_code(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LOTSE_")}
    command = [LOTSE, "qr", "concern-employer"]
    refused = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert refused.returncode == 2
    assert "LOTSE_PUBLIC_URL" in refused.stderr
    environment["LOTSE_PUBLIC_URL"] = "https://lotse.example.org"
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert "https://lotse.example.org/?start=concern-employer\n" in done.stdout
    assert (tmp_path / "concern-employer.svg").exists()


def test_a_link_becomes_a_qr_code(tmp_path: Path) -> None:
    done = subprocess.run(
        [LOTSE, "qr", "place-rostock", "--bot", "lotse_bot"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "https://t.me/lotse_bot?start=place-rostock" in done.stdout
    assert (tmp_path / "place-rostock.svg").read_text("utf-8").startswith("<?xml")
    assert (tmp_path / "place-rostock.png").read_bytes().startswith(b"\x89PNG")
    wrong = subprocess.run([LOTSE, "qr", "place-nowhere", "--bot", "b"], cwd=tmp_path, capture_output=True, text=True)
    assert wrong.returncode == 2
    assert "place-rostock" in wrong.stderr
