"""A real Chromium on the web chat, for tests that use the page as a person does."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

PHONE, DESK = (360, 640), (1280, 800)
_STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
_ISOLATES = re.compile("[\u2066-\u2069]")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window. Skips where there is none; never in CI."""
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI"):
            raise FileNotFoundError("chromium: .ci/run installs it")
        pytest.skip("no browser: install Debian's package chromium to run the tests of the web page")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_QUIET)
        yield browser
        browser.close()


def plain(words: str) -> str:
    """Words as they are compared: without marks of direction, blanks as one."""
    return " ".join(_ISOLATES.sub("", words).split())


class Chat:
    """A conversation in one tab. `errors` is what the browser complained of: scripts, blocked files, the policy."""

    def __init__(self, context: BrowserContext, url: str, path: str = "/") -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.url = url
        self.errors: list[str] = []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.open(path)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    @property
    def turn(self) -> int:
        """The number of the last message with buttons."""
        value = self.page.locator(".choices button").last.get_attribute("value")
        return int((value or "0").partition(":")[0])

    @property
    def texts(self) -> list[str]:
        """What the bubbles say, top to bottom."""
        return [plain(t) for t in self.page.locator("#log .bubble").all_inner_texts()]

    def wait(self, turn: int) -> None:
        """Until the buttons of a turn are there."""
        expect(self.page.locator(f".choices button[value^='{turn}:']").first).to_be_visible()

    def choose(self, choice: str) -> None:
        """Press a button, and wait for the next ones."""
        turn = self.turn
        self.page.click(f".choices button[value='{turn}:{choice}']")
        self.wait(turn + 1)

    def write(self, words: str) -> None:
        """Type something, and wait for the next buttons."""
        turn = self.turn
        self.page.fill("#text", words)
        self.page.press("#text", "Enter")
        self.wait(turn + 1)

    def menu(self, entry: str) -> None:
        """Open the menu and press an entry, found by its CSS."""
        self.page.click("details.menu summary")
        self.page.click(f"details.menu {entry}")

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(width))


def accessible(page: Page) -> str:
    """What axe-core finds wrong with a page under WCAG 2.2 AA and its own good practice; empty when nothing."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")  # nothing half behind the line to write in
    options: dict[str, Any] = {"runOnly": _STANDARD, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options)
    return "" if found.violations_count == 0 else str(found.generate_report())
