"""`anyspace.AsyncClient` with one session, and one stream, for all its calls."""

from __future__ import annotations

from benchmarks.clients._loops import take_orders_on_a_loop
from benchmarks.clients.anyspace_async import Asynchronous

if __name__ == "__main__":
    take_orders_on_a_loop(Asynchronous(session=True).obey)
