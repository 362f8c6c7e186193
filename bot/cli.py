"""The command line: `lotse chat`, `lotse check`, `lotse graph`."""

import sys
from datetime import UTC, datetime
from typing import Any

import click

from bot.settings import Settings


def _now() -> datetime:
    return datetime.now(UTC)


@click.group()
def main() -> None:
    """Lotse, the guide bot of the IQ Netzwerk Mecklenburg-Vorpommern."""


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, in and out, for programs.")
@click.option("--lang", default="de", show_default=True, help="Language to begin in.")
def chat(as_json: bool, lang: str) -> None:
    """Talk to Lotse in the terminal."""
    from bot.app import make_app
    from bot.channels import json_lines
    from bot.conversation import Conversation
    from flows.session import Session

    settings = Settings()
    app = make_app(settings.content, settings.locales)
    conversation = Conversation(app, _now, Session(language=lang))
    json_lines.serve(conversation, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
