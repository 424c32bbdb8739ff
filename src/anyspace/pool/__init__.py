"""Several providers of one task: which is asked next, and who steps in when one fails.

A `Pool` chooses by what it has seen: failures, refusals with a time to wait, how long jobs
took, how many wait. Nothing is asked only to learn whether it is well. Its decisions are
made by `Health`, which knows no clock and no network.
"""

from anyspace.pool._health import Health
from anyspace.pool._pool import Attempt, Order, Pool, Served
from anyspace.pool._provider import Provider

__all__ = ["Attempt", "Health", "Order", "Pool", "Provider", "Served"]
