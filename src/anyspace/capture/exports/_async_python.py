"""``async-python``: a script with anyspace that watches the job."""

from __future__ import annotations

from anyspace.capture._call import Call
from anyspace.capture._literals import python_value
from anyspace.capture.exports._python import file_text, predict_lines

__all__ = ["render"]


def render(call: Call) -> str:
    """Write the call with `anyspace.AsyncClient`."""
    result = call.place.python("result", single=call.single)
    shown = f'await {result}.save("results/")' if call.place.is_file else result
    return f"""\
import asyncio

import anyspace


async def main():
    async with anyspace.AsyncClient({python_value(call.address, file_text)}) as space:
        job = await space.submit(
{predict_lines(call, 12)}
        )
        async for update in job.updates():  # Queued, Started, Progress, Log, Output
            print(update)
        result = await job.result()
        print({shown})


asyncio.run(main())
"""
