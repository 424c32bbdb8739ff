"""What Spaces on shared GPUs (ZeroGPU) say when there is no GPU for a job.

They say it in words, as the app's own error or note: titles and texts of the ``spaces``
package (0.51.3 and earlier ones), which adds links in HTML on older apps.
"""

from __future__ import annotations

import html
import re
from typing import Final

from anyspace._errors import (
    AnyspaceError,
    AuthenticationError,
    QueueFull,
    QuotaExceeded,
)

__all__ = ["read_gpu_refusal", "waits_for_gpu"]

_QUOTA: Final = re.compile(
    r"exceeded your (?:\w+ )?(?:zero)?gpu (?:quota|runs limit)|has reached its gpu limit", re.I
)
_QUOTA_TITLES: Final = ("zerogpu quota exceeded", "zerogpu pending credits exceeded")
_NO_GPU: Final = re.compile(r"^no gpu was available", re.I)
_REQUESTED: Final = re.compile(r"(\d+(?:\.\d+)?)\s*s(?:econds)?\s+requested", re.I)
_LEFT: Final = re.compile(r"(-?\d+(?:\.\d+)?)\s*s(?:econds)?\s+left", re.I)
_WHEN: Final = re.compile(r"\bin (?:(\d+) days?, )?(\d+):(\d\d):(\d\d)")
_LINK: Final = re.compile(r"<[^>]+>")
_QUEUE_TITLE: Final = "zerogpu queue"
_WAITING: Final = re.compile(r"waiting for a gpu", re.I)
_UNSEEN: Final = "reached its gpu limit"


def read_gpu_refusal(title: str, message: str) -> AnyspaceError | None:
    """Read a failure of a job as a refusal to run it; None when it is none.

    Raises nothing; the error is for the caller to raise, with the Space's name.

    Args:
        title: The heading that the app gave it.
        message: Its words.
    """
    text = html.unescape(_LINK.sub("", message)).strip()
    heading = title.strip().lower()
    if heading in _QUOTA_TITLES or _QUOTA.search(text):
        return _quota(text or title)
    if heading == "zerogpu queue timeout" or _NO_GPU.search(text):
        return QueueFull(text or title)
    if "expired zerogpu proxy token" in text.lower():
        return AuthenticationError(f"{text}: the forwarded x-ip-token is too old")
    return None


def waits_for_gpu(title: str, message: str) -> bool | None:
    """Whether a note says that the job waits for a GPU (True) or has got one (False).

    None for every other note.
    """
    if title.strip().lower() != _QUEUE_TITLE and not _WAITING.search(message):
        return None
    return "acquired" not in message.lower()


def _quota(text: str) -> QuotaExceeded:
    hint = "; no token reached the Space, pass token=" if _UNSEEN in text.lower() else ""
    return QuotaExceeded(
        f"{text.rstrip('.')}{hint}",
        requested=_number(_REQUESTED, text),
        left=_number(_LEFT, text),
        retry_after=_seconds(text),
    )


def _number(pattern: re.Pattern[str], text: str) -> float | None:
    found = pattern.search(text)
    return float(found[1]) if found else None


def _seconds(text: str) -> float | None:
    """Read ``Try again in 1 day, 0:09:48``, as Python writes a time span."""
    found = _WHEN.search(text)
    if not found:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
