"""Everything that is stored of a person, as the file that /mydata gives: readable JSON, in the words of the tables."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping


def as_json(tables: Mapping[str, list[dict[str, Any]]] | Mapping[str, list[RowMapping]]) -> str:
    """Table → rows; columns that hold JSON are shown as what they hold."""
    readable = {table: [{k: _opened(v) for k, v in row.items()} for row in rows] for table, rows in tables.items()}
    return json.dumps(readable, ensure_ascii=False, indent=1)


def _opened(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
