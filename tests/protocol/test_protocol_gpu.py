"""What Spaces on shared GPUs say. The texts are those of the ``spaces`` package and its users."""

from __future__ import annotations

import pytest

from anyspace import AuthenticationError, QueueFull, QuotaExceeded
from anyspace.protocol import read_gpu_refusal, waits_for_gpu


@pytest.mark.parametrize(
    ("title", "message", "numbers"),
    [
        (
            "ZeroGPU quota exceeded",
            "You have exceeded your free ZeroGPU quota (60s requested vs. 56s left). "
            "Try again in 0:09:48.",
            (60, 56, 588),
        ),
        (
            "",
            "You have exceeded your GPU quota (46s left vs. 60s requested). Retry in 1:02:03",
            (60, 46, 3723),
        ),
        (
            "Error",
            'You have exceeded your Pro GPU quota (120s requested vs. 0s left). <a href="https://x">'
            "Subscribe</a> or try again in 1 day, 0:00:05",
            (120, 0, 86405),
        ),
        ("", "You have exceeded your ZeroGPU runs limit.", (None, None, None)),
        ("ZeroGPU pending credits exceeded", "", (None, None, None)),
        (
            "",
            "You have exceeded your Pro ZeroGPU quota (60s requested vs. 1.5s left).",
            (60, 1.5, None),
        ),
        (
            "",
            "You have exceeded your free GPU quota (60s requested vs. -3s left). Try again in "
            "2 days, 10:00:00",
            (60, -3, 208800),
        ),
        ("ZeroGPU quota exceeded", "RuntimeError", (None, None, None)),
    ],
)
def test_a_used_up_quota_tells_its_numbers(title, message, numbers):
    """In either order, with or without links."""
    problem = read_gpu_refusal(title, message)
    assert isinstance(problem, QuotaExceeded)
    assert (problem.requested, problem.left, problem.retry_after) == numbers
    assert "<a" not in str(problem)


def test_a_space_that_saw_no_token_says_how_to_pass_one():
    """Then the quota is that of everybody without an account."""
    problem = read_gpu_refusal("", "Space app has reached its GPU limit.")
    assert isinstance(problem, QuotaExceeded)
    assert "pass token=" in str(problem)


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("ZeroGPU queue timeout", ""),
        ("ZeroGPU queue timeout", "Error"),
        ("Error", "No GPU was available after 60s"),
        ("", "No GPU was available"),
    ],
)
def test_no_gpu_in_time_is_a_full_queue(title, message):
    """Nothing ran, so it may be sent again."""
    problem = read_gpu_refusal(title, message)
    assert isinstance(problem, QueueFull)
    assert problem.retryable


def test_an_old_visitors_token_is_refused():
    """Those that are forwarded live for minutes."""
    problem = read_gpu_refusal("", "Expired ZeroGPU proxy token")
    assert isinstance(problem, AuthenticationError)


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("ZeroGPU worker error", "GPU task aborted"),
        ("ZeroGPU worker error", "RuntimeError"),
        ("ZeroGPU client error", "gradio.exceptions.Error"),
        (
            "ZeroGPU illegal duration",
            "The requested GPU duration (900s) is larger than the maximum",
        ),
        ("Error", "my GPU quota of patience is exceeded"),
        ("", ""),
    ],
)
def test_other_failures_are_the_apps_own(title, message):
    """The app ran, or asked for what nobody may have."""
    assert read_gpu_refusal(title, message) is None


@pytest.mark.parametrize(
    ("title", "message", "waits"),
    [
        ("ZeroGPU queue", "Waiting for a GPU to become available", True),
        ("ZeroGPU queue", "Waiting for a GPU slot on this Space", True),
        ("ZeroGPU queue", "Successfully acquired a GPU", False),
        ("", "Waiting for a GPU to become available", True),
        ("Info", "Loading the model", None),
    ],
)
def test_notes_of_the_gpu_queue_are_told_from_others(title, message, waits):
    """Older apps give no title."""
    assert waits_for_gpu(title, message) is waits
