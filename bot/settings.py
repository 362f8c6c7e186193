"""Settings from the environment, all prefixed `LOTSE_` (DESIGN, section 7). Secrets stay there."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import paths

TELEGRAM: Final = "https://api.telegram.org"


def _host_and_port(value: object) -> object:
    if not isinstance(value, str):
        return value
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) < 65_536:
        raise ValueError(f"{value!r} ist keine Adresse; bitte host:port schreiben, z. B. 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"{value!r} ist keine Adresse; sie beginnt mit https://")
    return value.rstrip("/")


def _origins(value: object) -> object:
    """`https://www.iq-mv.de https://example.org`: whole origins, without paths."""
    if not isinstance(value, str):
        return value
    found = tuple(value.replace(",", " ").split())
    for origin in found:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", origin):
            raise ValueError(f"{origin!r} ist kein Ursprung einer Webseite; bitte z. B. https://www.iq-mv.de schreiben")
    return found


def _database(value: str) -> str:
    from bot.store.database import UnusableDatabaseError, database_url  # the terminal need not import it

    try:
        database_url(value)
    except UnusableDatabaseError as error:
        raise ValueError(str(error)) from error
    return value


HostPort = Annotated[tuple[str, int], NoDecode, BeforeValidator(_host_and_port)]
Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)]
Address = Annotated[str, AfterValidator(_address)]


class Settings(BaseSettings):
    """What `lotse run` runs with. Raises ValidationError that names each setting that cannot be used, and why."""

    model_config = SettingsConfigDict(env_prefix="LOTSE_", extra="ignore", hide_input_in_errors=True)

    content: Path = paths.CONTENT
    locales: Path = paths.LOCALES
    database_url: Annotated[str, AfterValidator(_database)] = "sqlite:///lotse.db"
    listen: HostPort = ("127.0.0.1", 8000)
    metrics_listen: HostPort | None = None
    controller: str = ""
    public_url: Address | None = None
    embed_origins: Origins = ()
    telegram_token: SecretStr | None = None
    telegram_api_url: Address = TELEGRAM
    telegram_webhook_url: Address | None = None
    telegram_webhook_secret: SecretStr | None = None
    matrix_homeserver: Address | None = None
    matrix_user: str | None = None
    matrix_password: SecretStr | None = None
    matrix_store: Path = Path("matrix-store")
    matrix_reactions: bool = False

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.telegram_token is not None and not re.fullmatch(r"\d+:[\w-]+", self.telegram_token.get_secret_value()):
            raise ValueError("LOTSE_TELEGRAM_TOKEN ist kein Token; es sieht aus wie 123456:ABC…")
        if self.telegram_webhook_url is not None:
            secret = self.telegram_webhook_secret
            if secret is None or not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
                raise ValueError(
                    "LOTSE_TELEGRAM_WEBHOOK_URL braucht LOTSE_TELEGRAM_WEBHOOK_SECRET: 1 bis 256 Zeichen A-Za-z0-9_-"
                )
        self._all_of_matrix()
        if not self.controller:
            self._only_loopback()
        return self

    def _all_of_matrix(self) -> None:
        """Matrix is set or it is not."""
        needed = {
            "LOTSE_MATRIX_HOMESERVER": self.matrix_homeserver, "LOTSE_MATRIX_USER": self.matrix_user,
            "LOTSE_MATRIX_PASSWORD": self.matrix_password,
        }  # fmt: skip
        missing = [name for name, value in needed.items() if value is None]
        if missing and len(missing) < len(needed):
            raise ValueError(f"für Matrix fehlt noch: {', '.join(missing)}")
        if self.matrix_user is not None and not re.fullmatch(r"@[a-z0-9._=/+-]+:[A-Za-z0-9.:\[\]-]+", self.matrix_user):
            raise ValueError("LOTSE_MATRIX_USER ist kein Benutzer; er sieht aus wie @lotse:example.org")

    def _only_loopback(self) -> None:
        """Without a responsible body nothing leaves this machine."""
        if not is_loopback(self.listen[0]):
            raise ValueError(
                "ohne LOTSE_CONTROLLER (die verantwortliche Stelle) darf LOTSE_LISTEN nur dieser Rechner sein"
            )
        host = urlsplit(self.telegram_api_url).hostname or ""
        if self.telegram_token is not None and not is_loopback(host):
            raise ValueError(
                "ohne LOTSE_CONTROLLER (die verantwortliche Stelle) darf Telegram nicht benutzt werden;"
                " bitte setzen, oder LOTSE_TELEGRAM_API_URL auf diesen Rechner"
            )
        if self.matrix_homeserver is not None and not is_loopback(urlsplit(self.matrix_homeserver).hostname or ""):
            raise ValueError(
                "ohne LOTSE_CONTROLLER (die verantwortliche Stelle) darf Matrix nicht benutzt werden;"
                " bitte setzen, oder LOTSE_MATRIX_HOMESERVER auf diesen Rechner"
            )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
