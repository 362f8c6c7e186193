"""Logs: JSON lines on standard error, without message texts, names or ids beyond a salted hash."""

import hashlib
import logging
import secrets
import sys
from typing import Final

import structlog

_SALT: Final = secrets.token_bytes(16)
"""Made anew at each start: hashes of one run can be compared with each other and with nothing else."""


def configure(level: int = logging.INFO) -> None:
    """JSON for our own lines and for those of libraries; libraries only from warnings on."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, _only_kind_of_error, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_to_standard_error,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[_library, structlog.processors.JSONRenderer()]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(True)


def _to_standard_error(*_args: object) -> structlog.WriteLogger:
    return structlog.WriteLogger(sys.stderr)


def who(address: str) -> str:
    """An address as it may stand in a log."""
    return hashlib.blake2b(address.encode(), key=_SALT, digest_size=6).hexdigest()


def _only_kind_of_error(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """An exception's message may quote what a person wrote: its kind and where it was raised are enough."""
    if event.pop("exc_info", None):
        kind, error, trace = sys.exc_info()
        event["exception"] = kind.__name__ if kind else "unknown"
        frames = []
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        event["at"] = frames[-6:]
        del error
    return event


def _library(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A library's line: which one and at what level; its words may hold a token, an id or a text."""
    record = event["_record"]
    return {"event": "library", "logger": record.name, "level": event.get("level"), "timestamp": event.get("timestamp")}
