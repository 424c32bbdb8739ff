"""Wait for a Space that sleeps, builds or starts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from anyspace._errors import SpaceUnavailable
from anyspace.hub._locate import Location, locate
from anyspace.hub._source import Source
from anyspace.hub._stages import ASLEEP

__all__ = ["OnStage", "wait_until_running"]

OnStage = Callable[[str, float], None]
"""Told the Hub's word for the Space's state, and for how many seconds it was waited for."""

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 8.0


async def wait_until_running(
    location: Location,
    token: str | None,
    *,
    wait: float,
    knock: Callable[[], Awaitable[None]],
    on_stage: OnStage | None = None,
) -> Location:
    """Wake a Space that sleeps, and wait until its app answers.

    The Hub is asked after 1 s, then less and less often, at last every 8 s.

    Args:
        location: The Space.
        token: For the Hub.
        wait: Seconds at most; 0 wakes it and does not wait.
        knock: Visits the Space, which is what wakes it; must not raise.
        on_stage: Told how things stand.

    Raises:
        SpaceUnavailable: It does not run by then, or cannot.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time()
    pause = _FIRST_PAUSE
    if location.stage in ASLEEP:
        await knock()
    while not location.runs:
        waited = loop.time() - begun
        if on_stage is not None:
            on_stage(location.stage, waited)
        left = wait - waited
        if left <= 0:
            raise SpaceUnavailable(
                f"{location.space_id} does not run yet ({location.stage})"
                f"{f' after {waited:.0f} s' if wait else ''}; `anyspace wake {location.space_id}` "
                "waits until it does, or allow more with wait=",
                stage=location.stage,
                space=location.space_id,
            )
        await asyncio.sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        location = await locate(Source(space_id=location.space_id), token, fresh=True)
    return location
