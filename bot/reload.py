"""Live reload: changed content is taken over while the bot runs; a broken edit is refused, and what was stays."""

import asyncio
import gc
from asyncio.subprocess import DEVNULL
from pathlib import Path
from typing import Final

import structlog

from bot.cache import Cache
from bot.content.load import ContentError
from bot.knowledge import Knowledge, catalogue, dictionary, make_knowledge

EVERY: Final = 2.0
"""Seconds between looks at the files."""

log = structlog.get_logger("content")


class Living:
    """The knowledge in force; calling it gives it."""

    def __init__(self, content: Path, locales: Path, controller: str) -> None:
        self._content = content
        self._locales = locales
        self._controller = controller
        self._state = self._stamps()
        self._knowledge = make_knowledge(content, locales, controller)
        _settle()

    def __call__(self) -> Knowledge:
        return self._knowledge

    def _stamps(self) -> dict[Path, int]:
        files = [*self._content.rglob("*.yaml"), *self._locales.rglob("*.po")]
        return {path: path.stat().st_mtime_ns for path in files}

    async def look(self) -> bool:
        """Take over what changed; whether something was taken over."""
        stamps = await asyncio.to_thread(self._stamps)
        if stamps == self._state:
            return False
        self._state = stamps
        await self._make_beside()
        gc.unfreeze()
        try:
            self._knowledge = await asyncio.to_thread(self._prepared)
        except ContentError as error:
            for finding in error.findings:
                log.error("content_refused", file=finding.file, line=finding.line, reason=finding.text)
            return False
        except (OSError, ValueError) as error:
            log.error("content_refused", reason=type(error).__name__)
            return False
        _settle()
        log.info("content_taken_over")
        return True

    def _prepared(self) -> Knowledge:
        knowledge = make_knowledge(self._content, self._locales, self._controller)
        knowledge.lexicon.prepare()
        return knowledge

    async def _make_beside(self) -> None:
        """Have made what is missing, by processes that end with us. What fails there is told where it is read."""
        cache = Cache(self._content, self._locales)
        for make in (catalogue, dictionary):
            command = cache.command(make)
            if command is None:
                continue
            process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
            try:
                if await process.wait() != 0:
                    return
            finally:
                if process.returncode is None:
                    process.kill()

    async def watch(self) -> None:
        """Take over what changes, from now on. First the dictionary is made, beside the first conversations."""
        await self._make_beside()
        await asyncio.to_thread(self._knowledge.lexicon.prepare)
        _settle()
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except OSError as error:
                log.warning("content_unreadable", error=type(error).__name__)


def _settle() -> None:
    """Content stays until it is replaced: kept out of garbage collection, whose full rounds take 100 ms over it."""
    gc.collect()
    gc.freeze()
