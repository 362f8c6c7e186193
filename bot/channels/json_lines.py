"""`lotse chat --json`: one line in, exactly one line out (DESIGN, section 7)."""

import json
from collections.abc import Iterable
from typing import Any, BinaryIO

from bot.conversation import Conversation, as_json


def serve(conversation: Conversation, lines: Iterable[bytes], out: BinaryIO) -> None:
    """Answer each line; a malformed one gets an error, and the session goes on."""
    for line in lines:
        answer = _answer(conversation, line)
        out.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        out.flush()


def _answer(conversation: Conversation, line: bytes) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"error": f"not a line of JSON: {error}"}
    match request:
        case {"text": str(text), **rest} if not rest:
            return as_json(conversation.knowledge, conversation.said(text))
        case {"choice": str(choice), **rest} if not rest:
            return as_json(conversation.knowledge, conversation.chose(choice))
    return {"error": 'a line is either {"text": "…"} or {"choice": "<id>"}'}
