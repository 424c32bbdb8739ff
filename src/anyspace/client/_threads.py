"""Work that would hold up the loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

__all__ = ["finish_in_thread", "in_thread"]

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function in a thread, or right here when no thread can be had any more.

    While the interpreter shuts down, executors take no work, but an atexit handler may
    still call an app and save what it returned.
    """
    work = partial(function, *args, **kwargs)
    try:
        done = asyncio.get_running_loop().run_in_executor(None, work)
    except RuntimeError:
        return work()
    return await done


async def finish_in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """As `in_thread`, but who is cancelled waits for the function's end.

    For what leaves something behind that has to be tidied up then, as an open file.
    """
    done = asyncio.ensure_future(in_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        while not done.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({done})
        if not done.cancelled():
            done.exception()  # of no use to who left
        raise
