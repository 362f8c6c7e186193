"""A real homeserver for tests: a Synapse that a wheel brings, on loopback, with SQLite, federating with nobody.

    with Synapse(folder) as synapse:
        user_id = synapse.register("olena", "secret")
        client = nio.AsyncClient(synapse.url, user_id)

Its log, its database and its configuration are files in the folder. Registering goes through the admin API, which has
no limits. Every limit is raised unless `restart("default")` puts Synapse's own in force; a restart keeps everything.
"""

import hashlib
import hmac
import json
import os
import secrets
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Self

import httpx
import pytest

from tests.running import free_port

NAME = "lotse.test"
START_TIMEOUT = 40.0  # seconds
Limits = Literal["raised", "default"]
_PLENTY = {"per_second": 10_000, "burst_count": 10_000}
_RAISED: dict[str, Any] = {
    **dict.fromkeys(("rc_message", "rc_joins_per_room", "rc_key_requests", "rc_media_create", "rc_profile"), _PLENTY),
    **dict.fromkeys(("rc_room_creation", "rc_user_directory", "rc_reports", "rc_delayed_event_mgmt"), _PLENTY),
    "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _PLENTY),
    "rc_joins": dict.fromkeys(("local", "remote"), _PLENTY),
    "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _PLENTY),
}


class Synapse:
    """One homeserver. `url` is where clients find it, `limits` which limits are in force, `process` what runs now."""

    def __init__(self, folder: Path, limits: Limits = "raised") -> None:
        self.folder = folder
        self.limits: Limits = limits
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "synapse.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._secret = secrets.token_hex(16)
        self._macaroons = secrets.token_hex(16)  # were it made anew by each start, no access token would outlive one

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        seed = b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        (self.folder / "signing.key").write_text(f"ed25519 a_test {seed}\n")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process and wait until it answers. AssertionError, with the end of the log, when it does not."""
        config = self.folder / "homeserver.yaml"
        config.write_text(json.dumps(self._config()))
        command = [sys.executable, "-m", "synapse.app.homeserver", "--config-path", str(config)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self._wait_ready()
        except AssertionError:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process as an operator would: SIGTERM. A second call does nothing."""
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart(self, limits: Limits = "raised") -> None:
        """Stop and start with these limits: same address, users, devices, access tokens and rooms."""
        self.stop()
        self.limits = limits
        self.start()

    def register(self, name: str, password: str, admin: bool = False) -> str:
        """Make a user and return its full id, `@name:lotse.test`. HTTPStatusError (400) when the name is taken."""
        path = f"{self.url}/_synapse/admin/v1/register"
        nonce = httpx.get(path).raise_for_status().json()["nonce"]
        signed = "\0".join((nonce, name, password, "admin" if admin else "notadmin"))
        mac = hmac.new(self._secret.encode(), signed.encode(), hashlib.sha1).hexdigest()
        user = {"username": name, "password": password, "admin": admin, "inhibit_login": True}
        return str(httpx.post(path, json={**user, "nonce": nonce, "mac": mac}).raise_for_status().json()["user_id"])

    def _wait_ready(self) -> None:
        assert self.process
        until = time.monotonic() + START_TIMEOUT
        while self.process.poll() is None and time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/health", timeout=2).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise AssertionError(f"Synapse does not answer:\n{self.log.read_text()[-3000:]}")

    def _config(self) -> dict[str, Any]:
        client = {"names": ["client"], "compress": False}
        listener = {"port": self.port, "bind_addresses": ["127.0.0.1"], "type": "http", "resources": [client]}
        return {
            "server_name": NAME,
            "public_baseurl": f"{self.url}/",
            "listeners": [listener],
            "database": {"name": "sqlite3", "args": {"database": str(self.folder / "homeserver.db")}},
            "media_store_path": str(self.folder / "media"),
            "signing_key_path": str(self.folder / "signing.key"),
            "macaroon_secret_key": self._macaroons,
            "registration_shared_secret": self._secret,
            "report_stats": False,
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "presence": {"enabled": False},
            "bcrypt_rounds": 4,  # passwords of tests: speed, not safety
            **(_RAISED if self.limits == "raised" else {}),
        }


@contextmanager
def homeserver(folder: Path) -> Iterator[Synapse]:
    """A Synapse that runs. Skips where it is not installed; never in CI."""
    if find_spec("synapse") is None:
        if os.environ.get("CI"):
            raise ModuleNotFoundError("synapse: requirements-dev.txt has it")
        pytest.skip("no homeserver: matrix-synapse is not installed (make test installs it)")
    with Synapse(folder) as synapse:
        yield synapse
