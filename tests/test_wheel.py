"""An installed wheel brings its content and languages along: it works where there is no checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.conftest import TESTS


def test_a_wheel_works_without_the_checkout(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(TESTS.parent)]
    subprocess.run(build, check=True)
    (wheel,) = tmp_path.glob("lotse-*.whl")
    installed = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(installed)
    assert (installed / "bot" / "_data" / "content" / "offers" / "iq-nursing.yaml").is_file()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LOTSE_")}
    done = subprocess.run(
        [sys.executable, "-c", "import bot; print(bot.__file__); from bot.cli import main; main()", "chat", "--json",
         "--lang", "uk"],
        input=b'{"text": "/start"}\n', capture_output=True, cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(installed)}, check=True,
    )  # fmt: skip
    where, answer = done.stdout.decode().splitlines()
    assert where.startswith(str(installed))
    assert '"language": "uk"' in answer
    assert "[DE]" not in answer
