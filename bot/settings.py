"""Settings from the environment, all prefixed `LOTSE_` (DESIGN, section 7)."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from bot import paths


class Settings(BaseSettings):
    """`LOTSE_CONTENT`, `LOTSE_LOCALES`: folders; without them the ones that come with the program."""

    model_config = SettingsConfigDict(env_prefix="LOTSE_", extra="ignore")

    content: Path = paths.CONTENT
    locales: Path = paths.LOCALES
