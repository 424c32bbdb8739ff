"""Jobs given to providers. The rules are ours; providers are functions here."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict

import pytest

import anyspace
from anyspace import Queued, UsageError
from anyspace.pool import Attempt, Pool, Provider


class Clock:
    """Time that stands still until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def providers(*sources: str, **settings: float) -> list[Provider]:
    return [Provider(src=src, **settings) for src in sources]


def failing(**problems: BaseException):
    """An attempt that fails with some providers, and notes whom it asked."""

    async def attempt(one: Attempt) -> str:
        attempt.asked.append(one.provider.src)
        if one.provider.src in problems:
            raise problems[one.provider.src]
        return f"done by {one.provider.src}"

    attempt.asked = []
    return attempt


class Jobs:
    """Jobs that end when they are told to."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.began: list[str] = []
        self.beginnings: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._ends: dict[str, asyncio.Future[None]] = {}

    async def start(self, name: str) -> asyncio.Task[anyspace.pool.Served[str]]:
        async def attempt(one: Attempt) -> str:
            self.began.append(f"{name} at {one.provider.src}")
            self._ends[name] = asyncio.get_running_loop().create_future()
            self.beginnings[name].set()
            await self._ends[name]
            return name

        task = asyncio.create_task(self.pool.run(attempt))
        for _ in range(5):
            await asyncio.sleep(0)
        return task

    async def end(self, name: str, problem: BaseException | None = None) -> None:
        if problem is None:
            self._ends[name].set_result(None)
        else:
            self._ends[name].set_exception(problem)
        for _ in range(5):
            await asyncio.sleep(0)


async def test_the_first_listed_does_it_and_the_answer_says_so():
    """The order of the list is the order of preference."""
    served = await Pool(providers("a", "b")).run(failing())
    assert (served.value, served.provider.src, served.failures) == ("done by a", "a", ())


@pytest.mark.parametrize(
    "problem",
    [
        anyspace.ConnectFailed("refused"),
        anyspace.QueueFull("full"),
        anyspace.RateLimited("slow down"),
        anyspace.QuotaExceeded("none left"),
        anyspace.SpaceUnavailable("asleep"),
        anyspace.SpaceNotFound("gone"),
        anyspace.BindingError("it draws nothing"),
    ],
)
async def test_the_next_one_steps_in_when_nothing_ran(problem):
    """Nothing was sent, or the app said that the job did not run."""
    attempt = failing(a=problem)
    served = await Pool(providers("a", "b", "c")).run(attempt)
    assert attempt.asked == ["a", "b"]
    assert served.value == "done by b"
    assert served.failures == (("a", problem),)


@pytest.mark.parametrize(
    "problem",
    [
        anyspace.AppError("boom"),
        anyspace.ArgumentError("too wide"),
        anyspace.JobCancelled("cancelled"),
        anyspace.StreamBroken("the job may still run"),
        anyspace.TransportTimeout("too long"),
        anyspace.RemoteProtocolError("nonsense"),
    ],
)
async def test_nobody_steps_in_when_the_job_may_have_run(problem):
    """Nothing is done twice."""
    attempt = failing(a=problem)
    with pytest.raises(type(problem)) as caught:
        await Pool(providers("a", "b")).run(attempt)
    assert caught.value is problem
    assert attempt.asked == ["a"]


async def test_when_all_fail_each_cause_is_told():
    """In the order in which they were asked."""
    problems = {
        "a": anyspace.RateLimited("slow down", retry_after=20),
        "b": anyspace.QuotaExceeded("none left", retry_after=500),
    }
    pool = Pool(providers("a", "b"), clock=Clock())
    with pytest.raises(anyspace.NoProvider) as caught:
        await pool.run(failing(**problems))
    assert dict(caught.value.failures) == problems
    assert caught.value.retry_after == 20
    assert str(caught.value) == "none of 2 providers could do it: a: slow down; b: none left"


async def test_nobody_is_asked_again_before_the_time_it_named():
    """Nor does the caller wait: it is told at once when to come back."""
    clock = Clock()
    pool = Pool(providers("a", "b"), clock=clock)
    refusals = {"a": anyspace.RateLimited("slow", retry_after=9), "b": anyspace.QueueFull("full")}
    with pytest.raises(anyspace.NoProvider):
        await pool.run(failing(**refusals))
    attempt = failing()
    assert (await pool.run(attempt)).value == "done by b"
    clock.now += 9
    assert (await pool.run(attempt)).value == "done by a"


async def test_a_lone_providers_errors_stay_what_they_are():
    """With the time that is left, and without asking it."""
    clock = Clock()
    pool = Pool(providers("a"), clock=clock)
    problem = anyspace.QuotaExceeded("none left", retry_after=60)
    with pytest.raises(anyspace.QuotaExceeded) as first:
        await pool.run(failing(a=problem))
    assert first.value is problem
    clock.now += 20
    attempt = failing()
    with pytest.raises(anyspace.QuotaExceeded, match="none left") as second:
        await pool.run(attempt)
    assert (second.value.retry_after, attempt.asked) == (40, [])


async def test_a_broken_provider_is_passed_over_until_it_has_rested():
    """Then one job tries it, and the others still go elsewhere."""
    clock = Clock()
    pool = Pool(providers("a", "b"), clock=clock)
    for _ in range(3):
        await pool.run(failing(a=anyspace.ConnectFailed("refused")))
    attempt = failing()
    await pool.run(attempt)
    assert attempt.asked == ["b"]
    clock.now += 5
    jobs = Jobs(pool)
    await jobs.start("trial")
    await jobs.start("other")
    assert jobs.began == ["trial at a", "other at b"]
    await jobs.end("trial")
    await jobs.start("next")
    assert jobs.began[-1] == "next at a"


async def test_when_all_are_broken_the_one_that_has_rested_most_is_asked():
    """It may have recovered; refusing without asking helps nobody."""
    clock = Clock()
    pool = Pool(providers("a", "b"), clock=clock)
    down = {"b": anyspace.ConnectFailed("refused")}
    for _ in range(3):
        with pytest.raises(anyspace.NoProvider):
            await pool.run(failing(a=anyspace.ConnectFailed("refused"), **down))
        clock.now += 0.1
    attempt = failing(**down)
    assert (await pool.run(attempt)).value == "done by a"


async def test_jobs_wait_for_room_first_come_first_served():
    """Each provider has as many as it takes, and no more."""
    pool = Pool(providers("a", "b", concurrency=1))
    jobs = Jobs(pool)
    tasks = [await jobs.start(name) for name in ("1", "2", "3", "4")]
    assert jobs.began == ["1 at a", "2 at b"]
    assert pool.waiting == 2
    await jobs.end("2")
    assert jobs.began[2:] == ["3 at b"]
    await jobs.end("1")
    assert jobs.began[3:] == ["4 at a"]
    await jobs.end("3")
    await jobs.end("4")
    assert [(await task).value for task in tasks] == ["1", "2", "3", "4"]
    assert [health.running for health in pool.health.values()] == [0, 0]


async def test_a_job_that_stops_waiting_leaves_its_place():
    """And a room that it was just given goes to the next."""
    pool = Pool(providers("a", concurrency=1))
    jobs = Jobs(pool)
    await jobs.start("1")
    waits, gives_up, next_one = [await jobs.start(name) for name in ("2", "3", "4")]
    gives_up.cancel()
    await asyncio.sleep(0)
    assert pool.waiting == 2
    jobs._ends["1"].set_result(None)
    await asyncio.sleep(0)  # the room is given to the second, who has not yet noticed
    waits.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert jobs.began == ["1 at a", "4 at a"]
    await jobs.end("4")
    assert (await next_one).value == "4"
    assert pool.health[pool.providers[0]].running == 0


async def test_a_job_waits_no_longer_than_a_rest_lasts(caplog):
    """Busy providers are not the only ones to wait for."""
    caplog.set_level(logging.ERROR)
    pool = Pool(providers("a", "b", concurrency=1))
    await pool.run(failing(a=anyspace.RateLimited("slow", retry_after=0.05)))
    jobs = Jobs(pool)
    await jobs.start("1")
    task = await jobs.start("2")
    assert jobs.began == ["1 at b"]
    async with asyncio.timeout(5):
        await jobs.beginnings["2"].wait()
    assert jobs.began[1] == "2 at a"
    await jobs.end("1")
    await jobs.end("2")
    await task
    assert not caplog.records


async def test_weights_share_the_jobs_evenly():
    """Smoothly: never two runs where one and one would do."""
    pool = Pool(
        [Provider(src="a", weight=3), Provider(src="b"), Provider(src="c")], order="weighted"
    )
    attempt = failing()
    for _ in range(10):
        await pool.run(attempt)
    assert Counter(attempt.asked) == {"a": 6, "b": 2, "c": 2}
    assert attempt.asked[:5] == ["a", "b", "a", "c", "a"]


async def test_the_one_expected_soonest_is_asked():
    """By its past latency and what the app says of its queue."""
    clock = Clock()
    pool = Pool(providers("a", "b"), order="soonest", clock=clock)

    async def slow_queue(one: Attempt) -> None:
        one.see(Queued(rank=4, size=5, eta=30.0))
        clock.now += 2

    assert (await pool.run(slow_queue)).provider.src == "a"
    assert pool.waiting_time() == 0
    assert (await pool.run(failing())).provider.src == "b"
    clock.now += 100
    assert pool.waiting_time() == 0


async def test_the_same_space_with_two_accounts_is_two_providers():
    """Each token has a quota of its own."""
    pool = Pool([Provider(src="a", account="ada"), Provider(src="a", account="grace")])
    attempts = []

    async def attempt(one: Attempt) -> None:
        attempts.append(str(one.provider))
        if one.provider.account == "ada":
            raise anyspace.QuotaExceeded("none left", retry_after=600)

    await pool.run(attempt)
    assert attempts == ["a as ada", "a as grace"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: Pool([]), "at least one"),
        (lambda: Pool(providers("a", "b", "a")), "not a twice"),
        (lambda: Provider(src="a", weight=0), "more than 0"),
        (lambda: Provider(src="a", concurrency=0), "at least 1"),
    ],
)
def test_settings_that_make_no_sense_are_told(wrong, told):
    """When they are made, not when a job comes."""
    with pytest.raises(UsageError, match=told):
        wrong()
