"""YAML with line numbers.

The C parser reads; plain scalars are resolved as YAML 1.2's core schema does, so that `NO` stays Norway and
`2023-01` a text; only `true`, `false`, `null` and whole numbers are something else than text.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_CONSTANTS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None, "~": None, "": None}
Where = tuple[str | int, ...]


class YamlError(Exception):
    """A file that is not YAML. `line` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


@dataclass(frozen=True)
class Document:
    """A file's data, and the line (from 1) of each place in it, e.g. `lines[("for", 0, "place")]`."""

    data: Any
    lines: dict[Where, int] = field(default_factory=dict)

    def line(self, where: Where) -> int:
        """The line of a place, or of the nearest one around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


class _Texts(yaml.CSafeLoader):
    """Every scalar is a text to the parser; `_scalar` resolves the few that are something else."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ARG002 (the parser calls it so)
        return "tag:yaml.org,2002:str"


def read(path: Path) -> Document:
    """Read one YAML file. Raises YamlError with the line where it is not YAML."""
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=_Texts)
    except UnicodeDecodeError as error:
        raise YamlError(1, f"die Datei ist nicht in UTF-8 gespeichert ({error.reason})") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(mark.line + 1 if mark else 1, error.problem or "kein YAML") from error
    except yaml.YAMLError as error:
        raise YamlError(1, str(error)) from error
    lines: dict[Where, int] = {}
    return Document(_construct(root, (), lines) if root is not None else None, lines)


def _construct(node: yaml.Node, where: Where, lines: dict[Where, int]) -> Any:
    lines.setdefault(where, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(child, (*where, i), lines) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        data: dict[str, Any] = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if key in data:
                raise YamlError(key_node.start_mark.line + 1, f"{key!r} steht zweimal da")
            lines[(*where, key)] = key_node.start_mark.line + 1
            data[key] = _construct(value, (*where, key), lines)
        return data
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    if isinstance(node, yaml.ScalarNode) and node.style is not None:
        return text
    if text.lower() in _CONSTANTS and text in (text.lower(), text.capitalize(), text.upper()):
        return _CONSTANTS[text.lower()]
    return int(text) if _INTEGER.match(text) else text
