"""How log lines look: for people, or as JSON; with the request's name, without secrets."""

from __future__ import annotations

import logging
import re
import sys
import time
from typing import Any, Final, Literal

import msgspec

from anyspace.gateway._calls import current_call

__all__ = ["JsonLines", "TextLines", "set_up_logs"]

# Ours, and those of the Hub: in case that somebody else's message has one in it.
_SECRETS: Final = re.compile(r"\b(sk-anyspace-|hf_)[A-Za-z0-9_-]{8,}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def set_up_logs(form: Literal["text", "json"]) -> None:
    """Write this process's log lines to stderr, the HTTP server's too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("anyspace").setLevel(logging.INFO)


class TextLines(logging.Formatter):
    """One line for a record, and the traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        told = _CONTROL.sub(" ", record.getMessage())
        told = " ".join([told, *(f"{k}={_shown(v)}" for k, v in _fields(record).items())])
        name = current_call().id
        line = f"{_time(record)} {record.levelname} {record.name}{f' [{name}]' * bool(name)} {told}"
        if record.exc_info:
            line += f"\n{self.formatException(record.exc_info)}"
        return _without_secrets(line)


class JsonLines(logging.Formatter):
    """One JSON object for a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        told: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if name := current_call().id:
            told["request_id"] = name
        told |= _fields(record)
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return _without_secrets(msgspec.json.encode(told).decode())


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """What the record says besides its message; what is empty says nothing."""
    fields: dict[str, Any] = getattr(record, "fields", {})
    return {key: value for key, value in fields.items() if value != ""}


def _shown(value: Any) -> str:
    text = str(value)
    if not text.isprintable():
        text = _CONTROL.sub(" ", text)
    return f'"{text}"' if " " in text else text


def _time(record: logging.LogRecord) -> str:
    """In UTC, as ISO 8601 has it."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{whole}.{int(record.msecs):03d}Z"


def _without_secrets(line: str) -> str:
    return _SECRETS.sub(r"\1…", line)
