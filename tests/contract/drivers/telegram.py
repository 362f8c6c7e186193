"""Telegram: a real `lotse run` against the emulator of the Bot API; answers are chosen by pressing buttons."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from flows.session import Session
from tests.contract.driver import Channel, Shown
from tests.contract.drivers.stored import Stored
from tests.emulator.telegram import Emulator, User
from tests.running import running
from tests.web.client import plain


class Telegram:
    """Somebody who uses Telegram."""

    def __init__(self, user: User, file: Path) -> None:
        self._user = user
        self._stored = Stored(file, f"telegram:{user.id}")
        self._read = 0
        self._last_message = 0

    def begin(self) -> Shown:
        return self.say("/start")

    def say(self, text: str) -> Shown:
        return self._after(lambda: self._user.send(text))

    def choose(self, choice: str) -> Shown:
        data = next(d for _label, d in self._newest_buttons() if d.partition(":")[2] == choice)
        return self._after(lambda: self._user.press(data))

    def send(self, kind: str) -> Shown:
        user = self._user
        ways: dict[str, Callable[[], object]] = {
            "photo": user.photo,
            "document": lambda: user.document("zeugnis.pdf"),
            "voice": user.voice,
            "location": lambda: user.location(54.1, 12.1),
            "other": user.contact,
            "edited": lambda: user.edit(self._last_message, "etwas anderes"),
        }
        return self._after(ways[kind])

    def later(self, days: float) -> None:
        self._stored.age(days)

    def session(self) -> Session | None:
        return self._stored.session()

    def _after(self, act: Callable[[], object]) -> Shown:
        session = self.session()
        done = act()
        self._last_message = done if isinstance(done, int) else self._last_message
        self._stored.settled(session.turn if session else 0)
        fresh = self._user.messages[self._read :]
        self._read += len(fresh)
        return Shown(
            text="\n".join(m.text for m in fresh),
            choices={data.partition(":")[2]: plain(label) for m in fresh for label, data in m.buttons},
            attached="".join((m.document or b"").decode() for m in fresh),
        )

    def _newest_buttons(self) -> list[tuple[str, str]]:
        return next(m.buttons for m in reversed(self._user.messages) if m.buttons)


@contextmanager
def opened(folder: Path) -> Iterator[Callable[[str], Telegram]]:
    file, ids = folder / "lotse.db", count(1000)
    settings = {"database_url": f"sqlite:///{file}"}
    with (
        Emulator() as tg,
        running(folder / "log", telegram_token=tg.token, telegram_api_url=tg.url, **settings),
    ):
        yield lambda language: Telegram(tg.user(id=next(ids), language_code=language), file)


CHANNEL = Channel(
    opened,
    Session(channel="telegram"),
    can=frozenset({"photo", "document", "voice", "location", "other", "edited"}),
    at_once=16,  # a chat gets one message a second
)
