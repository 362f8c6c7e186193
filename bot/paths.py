"""Where content/ and locales/ are: beside the code in a checkout, inside the package in an installed wheel."""

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).resolve().parent
_INSTALLED: Final = _HERE / "_data"
_ROOT: Final = _INSTALLED if _INSTALLED.is_dir() else _HERE.parent

CONTENT: Final = _ROOT / "content"
LOCALES: Final = _ROOT / "locales"
