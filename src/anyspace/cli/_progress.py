"""What a job does meanwhile, as one line on stderr that moves; nothing when nobody looks."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

import anyspace
from anyspace import Update
from anyspace.tasks import Preview

__all__ = ["ProgressLine"]

_STYLES = {"warning": "yellow", "error": "red", "success": "green"}


class ProgressLine:
    """Shows updates as a progress bar, and the app's notes above it.

    Args:
        title: What is done.
        console: Where; standard error by default.
    """

    def __init__(self, title: str, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._shown = self._console.is_terminal
        self._title = title
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[words]}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._shown,
        )
        self._task = self._bar.add_task(escape(title), total=None, words="connecting")

    def __enter__(self) -> Self:
        if self._shown:
            self._bar.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the line away for good: something else is printed from here on."""
        if self._shown:
            self._bar.stop()

    def show(self, update: Update | Preview) -> None:
        """Show one update; a result so far has no place on a line."""
        if isinstance(update, anyspace.Log):
            self.note(
                f"{update.title}: {update.message}" if update.title else update.message,
                _STYLES.get(update.level, ""),
            )
        elif isinstance(update, anyspace.Progress):
            fraction = update.fraction
            total = None if fraction is None else 1.0
            self._set(update.text, completed=fraction or 0.0, total=total)
        elif isinstance(update, anyspace.Queued):
            self._set(_queue_words(update))
        elif isinstance(update, anyspace.Started):
            self._set("running" + (f", about {update.eta:.0f} s" if update.eta else ""))
        elif isinstance(update, anyspace.Uploading):
            size = f" ({update.size:,} bytes)" if update.size is not None else ""
            self._set(
                f"uploading {update.files} file{'s' * (update.files != 1)}{size}",
                completed=update.fraction or 0.0,
                total=None if update.fraction is None else 1.0,
            )

    def note(self, text: str, style: str = "") -> None:
        """Print a line above the bar."""
        if self._shown:
            self._console.print(escape(text), style=style or None, highlight=False)

    def _set(self, words: str, *, completed: float = 0.0, total: float | None = None) -> None:
        self._bar.update(self._task, words=escape(words), completed=completed, total=total)


def _queue_words(update: anyspace.Queued) -> str:
    if not update.rank:
        return "next in the queue"
    eta = f", about {update.eta:.0f} s" if update.eta else ""
    return f"{update.rank} before it in the queue{eta}"
