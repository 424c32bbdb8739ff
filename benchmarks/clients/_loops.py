"""What the asynchronous clients share: so many calls at a time, for so long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from benchmarks.clients._orders import Answer, Order, Stopwatch, take_orders

__all__ = ["keep_calling", "take_orders_on_a_loop"]


async def keep_calling(order: Order, call: Callable[[], Awaitable[Any]]) -> Answer:
    """Keep `at_once` calls going for `seconds`."""
    watch = Stopwatch()
    count = 0

    async def one_after_another() -> None:
        nonlocal count
        while watch.seconds < order.seconds:
            await call()
            count += 1

    await asyncio.gather(*(one_after_another() for _ in range(order.at_once)))
    return watch.answer(count)


def take_orders_on_a_loop(obey: Callable[[Order], Coroutine[Any, Any, Answer]]) -> None:
    """Obey the orders of stdin on one event loop."""
    with asyncio.Runner() as runner:
        take_orders(lambda order: runner.run(obey(order)))
