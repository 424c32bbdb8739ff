"""`Health`: what is known of a provider from what happened to its jobs.

It takes the time as an argument and decides; it waits for nothing and asks nobody.
"""

from __future__ import annotations

from anyspace._errors import (
    AnyspaceError,
    AppError,
    AuthenticationError,
    BindingError,
    JobCancelled,
    NotGradio,
    QuotaExceeded,
    RateLimited,
    SpaceNotFound,
    SpaceUnavailable,
    UnsupportedGeneration,
    UsageError,
)

__all__ = ["Health"]

FAILURES_TO_BREAK = 3
FIRST_REST = 5.0
LONGEST_REST = 300.0
UNKNOWN_WAIT = 30.0  # for a refusal that does not say when to come back
UNFIT_REST = 600.0  # a Space that is gone, paused or unfit is seldom another one soon
MEMORY = 0.3  # the newest job's part in the latency

_UNFIT = (
    AuthenticationError,
    BindingError,
    NotGradio,
    SpaceNotFound,
    SpaceUnavailable,
    UnsupportedGeneration,
)
# The caller's doing, or the app's answer to this one job.
_SAYS_NOTHING = (AppError, JobCancelled, UsageError)


class Health:
    """What is known of one provider.

    Three failures in a row break the circuit: the provider rests for 5 s, then one job tries
    whether it is well; each further failure doubles the rest, up to 5 min. A refusal
    that names a time (quota, rate limit) rests it for just that long, and no job tries.

    Attributes:
        running: Jobs it is working on for us.
        failures: Failures in a row.
        latency: Seconds a job takes, newer ones weighing more; None before the first.
        problem: Why it rests; None when it does not.
    """

    def __init__(self) -> None:
        self.running = 0
        self.failures = 0
        self.latency: float | None = None
        self.problem: AnyspaceError | None = None
        self._rests_until = 0.0
        self._refused_until = 0.0
        self._trying = False
        self._done_at: float | None = None  # when all that waits there is done, as the app said

    def may_start(self, now: float) -> bool:
        """A job may be given to it now."""
        if now < self._refused_until or now < self._rests_until:
            return False
        return not (self._is_broken and self._trying)

    def is_refused(self, now: float) -> bool:
        """It said itself that there is no use in asking yet."""
        return now < self._refused_until

    def rest(self, now: float) -> float:
        """Seconds until a job may be given to it again."""
        return max(0.0, self._refused_until - now, self._rests_until - now)

    def waiting_time(self, now: float, concurrency: int | None) -> float:
        """Seconds until a job given to it now would be done, as far as is known.

        From what the app said last of its own queue, and from how long our jobs took.
        """
        latency = self.latency or 0.0
        rounds = self.running // concurrency if concurrency else 0
        ours = latency * (rounds + 1)
        theirs = 0.0 if self._done_at is None else self._done_at - now + latency
        return max(ours, theirs)

    def start(self) -> None:
        """A job was given to it."""
        self.running += 1
        if self._is_broken:
            self._trying = True

    def see_queue(self, now: float, eta: float | None) -> None:
        """The app estimated when a waiting job is done."""
        if eta is not None:
            self._done_at = now + eta

    def succeed(self, seconds: float) -> None:
        """A job is done, after so many seconds."""
        self._end()
        self.failures = 0
        self.problem = None
        self._rests_until = self._refused_until = 0.0
        known = seconds if self.latency is None else self.latency
        self.latency = known + MEMORY * (seconds - known)

    def fail(self, now: float, problem: BaseException) -> None:
        """A job failed; what that says of the provider depends on the problem."""
        self._end()
        if isinstance(problem, QuotaExceeded | RateLimited):
            self._refuse(now, problem.retry_after, problem)
        elif isinstance(problem, _UNFIT):
            self._break(now, problem, UNFIT_REST)
        elif isinstance(problem, AnyspaceError) and not isinstance(problem, _SAYS_NOTHING):
            self.failures += 1
            if self.failures >= FAILURES_TO_BREAK:
                doublings = self.failures - FAILURES_TO_BREAK
                self._break(now, problem, min(FIRST_REST * 2**doublings, LONGEST_REST))

    @property
    def _is_broken(self) -> bool:
        return self.failures >= FAILURES_TO_BREAK

    def _end(self) -> None:
        self.running -= 1
        self._trying = False

    def _refuse(self, now: float, seconds: float | None, problem: AnyspaceError) -> None:
        self._refused_until = now + (UNKNOWN_WAIT if seconds is None else seconds)
        self.problem = problem

    def _break(self, now: float, problem: AnyspaceError, seconds: float) -> None:
        self.failures = max(self.failures, FAILURES_TO_BREAK)
        self._rests_until = now + seconds
        self.problem = problem
