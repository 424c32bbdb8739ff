"""What jobs tell of a provider. The rules are ours."""

from __future__ import annotations

import asyncio

import pytest

import anyspace
from anyspace.pool import Health


def ended(health: Health, now: float, problem: BaseException) -> None:
    health.start()
    health.fail(now, problem)


@pytest.mark.parametrize(
    "problem",
    [
        anyspace.AppError("out of memory"),
        anyspace.ArgumentError("too wide"),
        anyspace.JobCancelled("by the caller"),
        asyncio.CancelledError(),
        ValueError("ours"),
    ],
)
def test_a_callers_own_failures_do_not_count(problem):
    """However many: the next caller may ask for something that works."""
    health = Health()
    for _ in range(10):
        ended(health, 0, problem)
    assert health.may_start(0)
    assert (health.running, health.failures, health.problem) == (0, 0, None)


def test_three_failures_in_a_row_break_the_circuit():
    """Then one job tries after 5 s, while the others stay away."""
    health = Health()
    for _ in range(2):
        ended(health, 0, anyspace.StreamBroken("cut"))
    assert health.may_start(0)
    ended(health, 0, anyspace.StreamBroken("cut"))
    assert not health.may_start(4.9)
    assert health.rest(1) == 4
    assert str(health.problem) == "cut"
    assert health.may_start(5)
    health.start()
    assert not health.may_start(5)
    health.succeed(1.0)
    assert health.may_start(5)
    assert (health.failures, health.problem, health.rest(5)) == (0, None, 0)


def test_each_failed_trial_doubles_the_rest_up_to_five_minutes():
    """A Space that is down for hours is asked a dozen times an hour."""
    health = Health()
    rests = []
    for _ in range(12):
        ended(health, 0, anyspace.ConnectFailed("refused"))
        rests.append(health.rest(0))
    assert rests == [0, 0, 5, 10, 20, 40, 80, 160, 300, 300, 300, 300]


def test_a_success_forgets_earlier_failures():
    """Only failures in a row count."""
    health = Health()
    for _ in range(5):
        ended(health, 0, anyspace.StreamBroken("cut"))
        ended(health, 0, anyspace.StreamBroken("cut"))
        health.start()
        health.succeed(1.0)
    assert health.may_start(0)


@pytest.mark.parametrize("kind", [anyspace.QuotaExceeded, anyspace.RateLimited])
def test_a_refusal_with_a_time_rests_just_that_long(kind):
    """Nothing asks before; nothing retries into a quota."""
    health = Health()
    ended(health, 100, kind("no more", retry_after=588))
    assert not health.may_start(687)
    assert health.is_refused(687)
    assert health.may_start(688)
    assert not health.is_refused(688)
    assert health.failures == 0


def test_a_refusal_without_a_time_rests_half_a_minute():
    """The shortest that is not pestering."""
    health = Health()
    ended(health, 0, anyspace.RateLimited("slow down"))
    assert health.rest(0) == 30


@pytest.mark.parametrize(
    "problem",
    [
        anyspace.SpaceNotFound("gone"),
        anyspace.SpaceUnavailable("paused", stage="PAUSED"),
        anyspace.BindingError("it draws nothing"),
    ],
)
def test_a_space_that_cannot_do_it_rests_long_at_once(problem):
    """Paused, gone or unfit Spaces stay so for a while."""
    health = Health()
    ended(health, 0, problem)
    assert health.rest(0) == 600
    assert not health.is_refused(0)


def test_newer_jobs_weigh_more_in_the_latency():
    """Three tenths each."""
    health = Health()
    assert health.waiting_time(0, None) == 0
    for seconds in (10, 20):
        health.start()
        health.succeed(seconds)
    assert health.latency == pytest.approx(13)


def test_the_waiting_time_knows_our_own_jobs_and_the_apps_queue():
    """What is longer counts; the app's estimate runs down as time passes."""
    health = Health()
    health.start()
    health.succeed(10)
    assert health.waiting_time(0, 2) == 10
    for _ in range(4):
        health.start()
    assert health.waiting_time(0, 2) == 30
    assert health.waiting_time(0, None) == 10
    health.see_queue(0, None)
    health.see_queue(0, 50)
    assert health.waiting_time(0, 2) == 60
    assert health.waiting_time(45, 2) == 30
