"""The command line: `lotse chat`, `lotse check`, `lotse graph`, `lotse i18n`, `lotse schema`."""

import json
import sys
from pathlib import Path

import click
from pydantic import ValidationError

from bot.content.load import ContentError
from bot.settings import Settings

CODE = Path(__file__).resolve().parent.parent
"""The folder that holds the packages `bot` and `flows`."""


def _settings() -> Settings:
    """The settings, or what is wrong with them, for the person at the terminal."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "\n".join(
            f"LOTSE_{str(e['loc'][0]).upper()}: {e['msg']}" if e["loc"] else e["msg"] for e in error.errors()
        )
        raise click.ClickException(wrong) from error


@click.group()
def main() -> None:
    """Lotse, the guide bot of the IQ Netzwerk Mecklenburg-Vorpommern."""


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, in and out, for programs.")
@click.option("--lang", default="de", show_default=True, help="Language to begin in.")
@click.option("--user", default="terminal", show_default=True, help="Whose conversation, in a database that is kept.")
@click.option(
    "--database-url", help="Keep the conversation there, e.g. sqlite:///lotse.db; without it, nothing is kept."
)
def chat(as_json: bool, lang: str, user: str, database_url: str | None) -> None:
    """Talk to Lotse in the terminal."""
    from bot import app

    try:
        app.chat(_settings(), as_json=as_json, language=lang, user=user, database_url=database_url)
    except ContentError as error:
        raise click.ClickException(f"content/ kann so nicht benutzt werden:\n{error}") from error
    except app.BadOptionError as error:
        raise click.BadParameter(str(error), param_hint=error.option) from error


@main.command()
def run() -> None:
    """Run the bot: every channel whose settings (LOTSE_…) are present."""
    from bot import app

    try:
        app.run(_settings())
    except ContentError as error:
        raise click.ClickException(f"content/ kann so nicht benutzt werden:\n{error}") from error
    except app.BadOptionError as error:
        raise click.ClickException(f"{error.option}: {error}") from error


@main.command()
@click.argument("payload")
@click.option("--bot", "name", help="The bot's user name on Telegram, without @; without it, a link to the web page.")
@click.option("--matrix", "on_matrix", is_flag=True, help="A link to the bot on Matrix (LOTSE_MATRIX_USER).")
@click.option("--out", help="Where to write: OUT.svg and OUT.png; without it, the payload.")
def qr(payload: str, name: str | None, on_matrix: bool, out: str | None) -> None:
    """Make a QR code of a link that prefills an answer: place-rostock, concern-employer, offer-iq-green …"""
    from bot.links import UnknownLinkError, prefilled, to_matrix, write_codes

    settings = _settings()
    page = f"https://t.me/{name}" if name else f"{settings.public_url}/"
    if on_matrix and settings.matrix_user is None:
        raise click.UsageError("Bitte LOTSE_MATRIX_USER setzen, mit den übrigen Einstellungen für Matrix.")
    if not on_matrix and name is None and settings.public_url is None:
        raise click.UsageError(
            "Bitte LOTSE_PUBLIC_URL setzen (die Webseite), oder --bot NAME (Telegram) oder --matrix angeben."
        )
    first = None
    try:
        if on_matrix:
            link, first = to_matrix(settings.content, settings.locales, str(settings.matrix_user), payload)
        else:
            link = prefilled(settings.content, settings.locales, page, payload)
    except UnknownLinkError as error:
        raise click.BadParameter(str(error), param_hint="PAYLOAD") from error
    click.echo(link)
    if first is not None:
        click.echo(f"Die erste Nachricht ist dann: {first}")
    for written in write_codes(link, out or payload):
        click.echo(f"geschrieben: {written}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
def check(as_json: bool) -> None:
    """Check content, translations and every path of the dialogue. Exits 1 if there is an error."""
    from bot.app import now
    from bot.checks.run import run

    settings = _settings()
    report = run(settings.content, settings.locales, CODE, now().date())
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        for finding in report.findings:
            click.echo(f"{'FEHLER ' if finding.level == 'error' else 'Hinweis'} {finding}")
        click.echo(report.summary())
    sys.exit(1 if report.errors else 0)


@main.command()
def graph() -> None:
    """Draw the dialogue as Mermaid, from the table that runs."""
    from bot.content.load import load_or_raise
    from flows.graph import mermaid

    click.echo(mermaid(load_or_raise(_settings().content)))


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Only tell whether the files are up to date.")
def schema(only_check: bool) -> None:
    """Write the JSON Schemas that editors use for content/."""
    from bot.content.schema import write_schemas

    changed = write_schemas(_settings().content / "schema", write=not only_check)
    for name in changed:
        click.echo(f"{'veraltet' if only_check else 'geschrieben'}: {name}")
    sys.exit(1 if only_check and changed else 0)


@main.group()
def matrix() -> None:
    """The bot's device on Matrix."""


def _matrix(what: str) -> None:
    from bot import app

    try:
        for line in app.matrix(_settings(), what):
            click.echo(line)
    except app.BadOptionError as error:
        raise click.ClickException(f"{error.option}: {error}") from error


@matrix.command()
def login() -> None:
    """Log in, once; make and publish the keys; show the device and its fingerprint."""
    _matrix("login")


@matrix.command(name="status")
def matrix_status() -> None:
    """Show how things are: server, device, signature, rooms."""
    _matrix("status")


@matrix.command()
def verify() -> None:
    """Sign the device again where that was lost, and show the fingerprint to compare."""
    _matrix("verify")


@main.group()
def i18n() -> None:
    """Translations: keep the catalogues in step with the texts."""


@i18n.command()
def update() -> None:
    """Write lotse.pot from code and content, and bring every lotse.po in step with it."""
    from bot.translation.files import update_all

    settings = _settings()
    for changed in update_all(CODE, settings.content, settings.locales):
        click.echo(f"geschrieben: {changed}")


@i18n.command()
def extract() -> None:
    """Write lotse.pot from code and content; the translations stay as they are."""
    from bot.content.load import load
    from bot.translation.extract import template
    from bot.translation.files import pot_path, write

    settings = _settings()
    path = pot_path(settings.locales)
    if write(path, template(CODE, load(settings.content))):
        click.echo(f"geschrieben: {path.name}")


@i18n.command()
def stale() -> None:
    """What is shown in German because its translation is missing or out of date; with its ID."""
    from bot.translation.files import stale as stale_texts

    settings = _settings()
    for text in stale_texts(CODE, settings.content, settings.locales):
        click.echo(f"{text.id}  {' '.join(text.languages)}\n  jetzt:  {text.text}")
        if text.before:
            click.echo(f"  vorher: {text.before}")


@i18n.command()
@click.argument("id_", metavar="ID")
def same(id_: str) -> None:
    """The meaning of a reworded text is unchanged: its translations hold. ID: see `lotse i18n stale`."""
    from bot.translation.files import same as meaning_unchanged

    settings = _settings()
    languages = meaning_unchanged(CODE, settings.content, settings.locales, id_)
    if not languages:
        raise click.ClickException(f"{id_}: keine veraltete Übersetzung hat diese ID; siehe `lotse i18n stale`")
    click.echo(f"gilt wieder: {' '.join(languages)}")


@i18n.command()
def status() -> None:
    """How complete each language is."""
    from bot.translation.files import statuses

    settings = _settings()
    for line in statuses(CODE, settings.content, settings.locales):
        click.echo(line)


if __name__ == "__main__":
    main()
