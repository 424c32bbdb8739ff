"""`Pool`: jobs given to the providers of a task, one failing over to the next."""

from __future__ import annotations

import asyncio
import copy
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Generic, Literal, NamedTuple, TypeVar

import msgspec

from anyspace._errors import (
    AnyspaceError,
    BindingError,
    NoProvider,
    QuotaExceeded,
    RateLimited,
    SpaceError,
    UnsupportedGeneration,
    UsageError,
)
from anyspace.client import Queued, Update
from anyspace.pool._health import Health
from anyspace.pool._provider import Provider

__all__ = ["Attempt", "Order", "Pool", "Served"]

Order = Literal["listed", "weighted", "soonest"]
"""Who is asked first: the one listed first; by turns, as the weights say; the one that is
expected to be done soonest."""

T = TypeVar("T")

# Nothing ran: the provider said so, or nothing was sent to it.
_DID_NOT_RUN = (BindingError, QuotaExceeded, SpaceError, UnsupportedGeneration)


class Served(msgspec.Struct, Generic[T], frozen=True):
    """What a job gave, and who did it.

    Attributes:
        value: What the attempt returned.
        provider: Who did it.
        failures: Who was asked before, each with its error.
    """

    value: T
    provider: Provider
    failures: tuple[tuple[str, AnyspaceError], ...]


class _Waiter(NamedTuple):
    """A job that waits for its turn."""

    turn: asyncio.Future[Provider]
    failures: Mapping[Provider, AnyspaceError]


class Attempt:
    """One provider's chance at a job."""

    def __init__(self, provider: Provider, health: Health, clock: Callable[[], float]) -> None:
        self.provider = provider
        self._health = health
        self._clock = clock

    def see(self, update: Update) -> None:
        """Learn from what the app reports meanwhile."""
        if isinstance(update, Queued):
            self._health.see_queue(self._clock(), update.eta)


class Pool:
    """The providers of a task, in the order in which they are asked.

    A job that fails goes to the next provider only while doing so cannot do anything
    twice: nothing was sent, or the app said that the job did not run. Each provider gets
    a job once. When every provider has as many jobs as it takes, jobs wait, first come,
    first served.

    Args:
        providers: At least one; each source once.
        order: Who is asked first.
        clock: Seconds that only grow.

    Raises:
        UsageError: No provider, or one twice.
    """

    def __init__(
        self,
        providers: Iterable[Provider],
        *,
        order: Order = "listed",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.providers: Sequence[Provider] = tuple(providers)
        if not self.providers:
            raise UsageError("a pool has at least one provider")
        names = [str(provider) for provider in self.providers]
        for name in names:
            if names.count(name) > 1:
                raise UsageError(f"a pool has each provider once, not {name} twice")
        self._order = order
        self._clock = clock
        self._health = {provider: Health() for provider in self.providers}
        self._turns = dict.fromkeys(self.providers, 0.0)
        self._waiters: deque[_Waiter] = deque()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def health(self) -> Mapping[Provider, Health]:
        """What is known of each provider."""
        return self._health

    @property
    def waiting(self) -> int:
        """Jobs that wait for a provider with room."""
        return len(self._waiters)

    def waiting_time(self) -> float:
        """Seconds in which a new job would be done, as far as is known."""
        return min(self._waiting_time(provider) for provider in self.providers)

    async def run(self, attempt: Callable[[Attempt], Awaitable[T]]) -> Served[T]:
        """Have a job done by one of the providers.

        Args:
            attempt: Does the job with a provider, and hands on what the app reports.

        Raises:
            NoProvider: Several were asked, or none could be.
            AnyspaceError: What the only provider, or the one that ran the job, raised.
        """
        failures: dict[Provider, AnyspaceError] = {}
        while True:
            provider = await self._choose(failures)
            try:
                value = await self._try(provider, attempt)
            except AnyspaceError as problem:
                if len(self.providers) == 1 or not _did_not_run(problem):
                    raise
                failures[provider] = problem
            else:
                return Served(value, provider, _named(failures))

    async def _try(self, provider: Provider, attempt: Callable[[Attempt], Awaitable[T]]) -> T:
        health = self._health[provider]
        begun = self._clock()
        try:
            value = await attempt(Attempt(provider, health, self._clock))
        except BaseException as problem:
            health.fail(self._clock(), problem)
            raise
        else:
            now = self._clock()
            health.succeed(now - begun)
            return value
        finally:
            self._give_turns()

    async def _choose(self, failures: Mapping[Provider, AnyspaceError]) -> Provider:
        """Wait for a provider that has room, and take the room; never one that failed before."""
        turn: asyncio.Future[Provider] = asyncio.get_running_loop().create_future()
        self._waiters.append(_Waiter(turn, failures))
        self._give_turns()
        try:
            return await turn
        except asyncio.CancelledError as problem:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._health[turn.result()].fail(self._clock(), problem)
            self._give_turns()
            raise

    def _give_turns(self) -> None:
        """Match those that wait, in their order, with providers that have room."""
        waiters, self._waiters = self._waiters, deque()
        for waiter in waiters:
            if waiter.turn.done():  # it was cancelled
                continue
            try:
                provider = self._find(waiter.failures)
            except AnyspaceError as problem:
                waiter.turn.set_exception(problem)
                continue
            if provider is None:
                self._waiters.append(waiter)
                continue
            self._health[provider].start()
            waiter.turn.set_result(provider)
        self._set_alarm()

    def _set_alarm(self) -> None:
        """Look again when a provider that rests may be asked, if somebody waits."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        now = self._clock()
        rests = [rest for health in self._health.values() if (rest := health.rest(now))]
        if self._waiters and rests:
            loop = asyncio.get_running_loop()
            self._alarm = loop.call_later(min(rests), self._give_turns)

    def _find(self, failures: Mapping[Provider, AnyspaceError]) -> Provider | None:
        """Find whom to ask now; None when all that could be asked are busy.

        Raises:
            NoProvider: There is nobody to wait for.
        """
        now = self._clock()
        left = [provider for provider in self.providers if provider not in failures]
        willing = [p for p in left if self._health[p].may_start(now)]
        if not willing:
            # Rather one that may have recovered than nobody; never one that named a time.
            resting = [p for p in left if not self._health[p].is_refused(now)]
            willing = sorted(resting, key=lambda p: self._health[p].rest(now))[:1]
        if not willing:
            raise self._nobody(failures, now)
        free = [p for p in willing if self._has_room(p)]
        return self._first(free) if free else None

    def _first(self, free: Sequence[Provider]) -> Provider:
        if self._order == "soonest":
            return min(free, key=self._waiting_time)
        if self._order == "weighted":
            return self._next_by_weight(free)
        return free[0]

    def _next_by_weight(self, free: Sequence[Provider]) -> Provider:
        """Smooth weighted round robin: spread evenly, not in runs."""
        for provider in free:
            self._turns[provider] += provider.weight
        chosen = max(free, key=lambda provider: self._turns[provider])
        self._turns[chosen] -= sum(provider.weight for provider in free)
        return chosen

    def _has_room(self, provider: Provider) -> bool:
        limit = provider.concurrency
        return limit is None or self._health[provider].running < limit

    def _waiting_time(self, provider: Provider) -> float:
        now = self._clock()
        health = self._health[provider]
        return health.rest(now) + health.waiting_time(now, provider.concurrency)

    def _nobody(self, failures: Mapping[Provider, AnyspaceError], now: float) -> AnyspaceError:
        resting = {
            provider: health.problem
            for provider, health in self._health.items()
            if provider not in failures and health.problem is not None
        }
        causes = _named({**failures, **resting})
        if len(self.providers) == 1:
            return _again(causes[0][1], self._health[self.providers[0]].rest(now))
        told = "; ".join(f"{name}: {problem}" for name, problem in causes)
        return NoProvider(
            f"none of {len(self.providers)} providers could do it: {told}",
            failures=causes,
            retry_after=min(health.rest(now) for health in self._health.values()) or None,
        )


def _named(failures: Mapping[Provider, AnyspaceError]) -> tuple[tuple[str, AnyspaceError], ...]:
    return tuple((str(provider), problem) for provider, problem in failures.items())


def _again(problem: AnyspaceError, rest: float) -> AnyspaceError:
    """The same refusal for another caller, with the time that is left of it."""
    problem = copy.copy(problem)
    if isinstance(problem, QuotaExceeded | RateLimited):
        problem.retry_after = rest
    return problem


def _did_not_run(problem: AnyspaceError) -> bool:
    return problem.retryable or isinstance(problem, _DID_NOT_RUN)
