"""Results that come piece by piece."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

from anyspace._blocking import run_blocking
from anyspace._errors import UsageError
from anyspace.tasks._done import Preview
from anyspace.tasks._run import TaskRun

__all__ = ["Growth", "Stream", "text_deltas"]

T = TypeVar("T")

_CURSOR: Final = re.compile(r"\s*[▁-▏▌█▮⬤●]+\s*\Z")  # apps show one behind what is not whole


class Growth:
    """What is new in a text that is told anew, and longer, each time.

    Args:
        stops: The text ends before the first of these.
        prompt: Left out where the text begins with it.

    Attributes:
        text: What has been given out so far.
        stopped: A stop was found; nothing more comes.
    """

    def __init__(self, stops: Sequence[str] = (), prompt: str = "") -> None:
        self.text = ""
        self.stopped = False
        self._stops = [stop for stop in stops if stop]
        self._prompt = prompt

    def feed(self, text: str, *, whole: bool = False) -> str:
        """Tell the text so far; return what is new.

        Args:
            text: All of it so far.
            whole: It is the final text.
        """
        if self.stopped:
            return ""
        text = self._own(text if whole else _CURSOR.sub("", text))
        ends = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        self.stopped = bool(ends)
        text = text[: min(ends)] if ends else text if whole else self._safe(text)
        if self.text.startswith(text):  # a cursor, or space, went
            return ""
        if text.startswith(self.text):
            new = text[len(self.text) :]
        else:  # the app thought better of it; what was given out cannot be taken back
            new = f"\n\n{text}"
        self.text = text
        return new

    def _own(self, text: str) -> str:
        prompt = self._prompt
        if prompt and text.startswith(prompt):
            return text[len(prompt) :]
        return "" if prompt.startswith(text) else text

    def _safe(self, text: str) -> str:
        """Hold back an end that may become a stop."""
        held = 0
        for stop in self._stops:
            for size in range(1, min(len(stop), len(text) + 1)):
                if text.endswith(stop[:size]):
                    held = max(held, size)
        return text[: len(text) - held]


async def text_deltas(run: TaskRun, growth: Growth | None = None) -> AsyncGenerator[str]:
    """Yield a text piece by piece while the Space writes it.

    Joined, the pieces are the text of the result, unless the app took something back:
    then what it says instead follows after an empty line.

    Args:
        run: The task under way.
        growth: Where the text ends, and what is left out.

    Raises:
        AnyspaceError: The task failed.
    """
    growth = growth or Growth()
    async for update in run.updates():
        if isinstance(update, Preview) and update.run == 0:
            new = growth.feed(update.text)
            if new:
                yield new
        if growth.stopped:
            return
    new = growth.feed((await run.result()).text, whole=True)
    if new:
        yield new


class Stream(Generic[T]):
    """What a method gives with ``stream=True``: iterate over it, with ``async for`` or ``for``.

    An asynchronous client's is for ``async for``, a blocking client's for ``for``. Who
    leaves early closes it, best as a context manager; the job is cancelled then.
    """

    def __init__(self, items: AsyncGenerator[T], *clean_ups: Callable[[], Awaitable[Any]]) -> None:
        self._items = items
        self._clean_ups = list(clean_ups)
        self._blocking = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for {'for' if self._blocking else 'async for'}>"

    def then(self, clean_up: Callable[[], Awaitable[Any]]) -> Self:
        """Also do this at the end."""
        self._clean_ups.append(clean_up)
        return self

    def for_blocking(self) -> Self:
        """Give it to a caller without a loop."""
        self._blocking = True
        return self

    # --- asynchronous ---------------------------------------------------------------

    def __aiter__(self) -> Self:
        self._refuse(blocking=False)
        return self

    async def __anext__(self) -> T:
        return await self._advance()

    async def aclose(self) -> None:
        """End it: what still runs is cancelled."""
        await self._items.aclose()
        while self._clean_ups:
            await self._clean_ups.pop(0)()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    # --- blocking -------------------------------------------------------------------

    def __iter__(self) -> Self:
        self._refuse(blocking=True)
        return self

    def __next__(self) -> T:
        try:
            return run_blocking(self._advance())
        except StopAsyncIteration:
            raise StopIteration from None

    def close(self) -> None:
        """End it: what still runs is cancelled."""
        run_blocking(self.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # --- inside -----------------------------------------------------------------------

    async def _advance(self) -> T:
        try:
            return await anext(self._items)
        except BaseException:  # its end, too
            await self.aclose()
            raise

    def _refuse(self, *, blocking: bool) -> None:
        if blocking is not self._blocking:
            right = "for" if self._blocking else "async for"
            raise UsageError(f"this stream is for `{right}`: its client is of the other kind")
