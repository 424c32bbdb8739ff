"""The gateway as a process: signals, callers that go away, Spaces that die, several workers.

Ours throughout: each caller gets one clear answer, and nothing is left running.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.gateway.processes import IMAGES, SECONDS, Painter, running
from tests.gateway.test_gateway_requests import count


@pytest.fixture
def painter():
    made = Painter()
    with made.space:
        yield made


@pytest.fixture
def others():
    """Other threads, in which callers wait."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def config(tmp_path, painter):
    """Write a file of settings."""
    path = tmp_path / "anyspace.toml"

    def write(text: str = "", grace: float = 30) -> str:
        model = f'[models.flux]\nspace = "{painter.space.url}"\n'
        path.write_text(f"[serve]\ngrace = {grace}\n{model}{text}")
        return str(path)

    return write


def test_told_to_stop_it_takes_no_new_jobs_and_lets_running_ones_end(config, painter, others):
    """Meanwhile it listens, so that who shares out requests learns that it is not ready."""
    with running("--config", config()) as gateway:
        job = others.submit(gateway.draw, "hold")
        assert painter.begun.wait(SECONDS)
        gateway.signal(signal.SIGTERM)
        gateway.wait_for("jobs are under way")
        ready, alive, refused = gateway.get("/readyz"), gateway.get("/healthz"), gateway.draw("x")
        painter.go_on.set()
        assert job.result(SECONDS).status == 200
        assert gateway.end() == 0
    assert (ready.status, alive.status, refused.status) == (503, 200, 503)
    assert refused.error["code"] == "stopping"
    assert int(refused.headers["retry-after"]) > 0
    assert not painter.cancelled.is_set()


@pytest.mark.parametrize("stream", [False, True])
def test_when_the_grace_is_over_jobs_are_cancelled_on_their_spaces(config, painter, others, stream):
    """Their callers are told, plainly or by an event."""
    with running("--config", config(grace=0.2)) as gateway:
        job = others.submit(gateway.draw, "hold for ever", stream=stream)
        assert painter.begun.wait(SECONDS)
        gateway.signal(signal.SIGTERM)
        answer = job.result(SECONDS)
        assert gateway.end() == 0
    assert painter.cancelled.is_set()
    assert answer.status == (200 if stream else 503)
    assert answer.text.count("the gateway was stopped before the job was done") == 1


def test_interrupted_twice_it_stops_at_once(config, painter, others):
    """As whoever presses Ctrl-C again expects; the exit code is that of an interruption."""
    with running("--config", config(grace=600)) as gateway:
        job = others.submit(gateway.draw, "hold for ever")
        assert painter.begun.wait(SECONDS)
        gateway.signal(signal.SIGINT)
        gateway.wait_for("jobs are under way")
        gateway.signal(signal.SIGINT)
        assert gateway.end() == 130
        assert job.result(SECONDS).error["code"] == "stopping"
    assert painter.cancelled.is_set()


@pytest.mark.parametrize("workers", [1, 2])
def test_settings_are_read_again_and_broken_ones_are_not_taken(config, painter, others, workers):
    """SIGHUP: jobs go on, new models are there, and a mistake is named with its line."""
    path = config()
    with running("--config", path, "--workers", str(workers)) as gateway:
        job = others.submit(gateway.draw, "hold")
        assert painter.begun.wait(SECONDS)

        config("[models.broken]\nspaec = 1\n")
        gateway.signal(signal.SIGHUP)
        line = gateway.wait_for("the settings stay as they were")
        assert f"{path}:6: models.broken.spaec: no such key; did you mean space?" in line
        assert gateway.get("/v1/models/flux").status == 200

        config('[models.second]\nspace = "ada/paint"\n')
        gateway.signal(signal.SIGHUP)
        for _ in range(workers):
            assert gateway.wait_for("the settings were read again").endswith("flux, second")
        for _ in range(4):  # whichever worker answers
            assert gateway.get("/v1/models/second").status == 200

        painter.go_on.set()
        assert job.result(SECONDS).status == 200
        gateway.signal(signal.SIGTERM)
        assert gateway.end() == 0


@pytest.mark.parametrize("stream", [False, True])
def test_a_caller_that_goes_away_takes_its_job_along(config, painter, stream):
    """Plain and streaming: nobody would have the result."""
    with running("--config", config()) as gateway:
        connection = gateway.connect("hold for ever", stream=stream)
        assert painter.begun.wait(SECONDS)
        if stream:
            assert b"200 OK" in connection.recv(1000)
        connection.close()
        assert painter.cancelled.wait(SECONDS)
        assert gateway.draw("a fox").status == 200
        text = gateway.get("/metrics").text
    assert count(text, "anyspace_jobs_running", model="flux", space=painter.space.url) == 0
    gone = "200" if stream else "499"
    assert count(text, "anyspace_requests_total", route=IMAGES, status=gone) >= 1


def test_a_space_that_dies_in_the_middle_is_one_clear_answer(config, painter, others):
    """The job may have run, so that the caller's library is told not to repeat it."""
    with running("--config", config()) as gateway:
        job = others.submit(gateway.draw, "hold for ever")
        assert painter.begun.wait(SECONDS)
        painter.die()
        answer = job.result(SECONDS)
        again = gateway.draw("a fox")
        assert gateway.get("/readyz").status == 200
    assert (answer.status, answer.error["code"]) == (502, "space_unreachable")
    assert answer.headers["x-should-retry"] == "false"
    assert answer.headers["x-anyspace-space"] == painter.space.url
    assert again.status == 502


def test_workers_share_one_port_and_one_account_and_are_replaced(config, painter):
    """Metrics tell the sum of all; one that dies is missed by nobody for long."""
    with running("--config", config(), "--workers", "2") as gateway:
        for _ in range(6):
            assert gateway.draw("a fox").status == 200
        text = gateway.get("/metrics").text
        assert count(text, "anyspace_requests_total", route=IMAGES, status="200") == 6

        main = psutil.Process(gateway.process.pid)
        workers = [one for one in main.children() if "spawn_main" in " ".join(one.cmdline())]
        assert len(workers) == 2
        os.kill(workers[0].pid, signal.SIGKILL)
        assert f"worker {workers[0].pid} ended with code -9" in gateway.wait_for("another is")
        workers[1].suspend()  # so that it is the new one which answers
        assert gateway.draw("a fox").status == 200
        workers[1].resume()
        gateway.signal(signal.SIGTERM)
        assert gateway.end() == 0


def test_workers_do_not_outlive_their_keeper(config):
    """A keeper that is killed cannot tell them; the pipe's end does."""
    with running("--config", config(), "--workers", "2") as gateway:
        children = psutil.Process(gateway.process.pid).children(recursive=True)
        gateway.signal(signal.SIGKILL)
        assert psutil.wait_procs(children, SECONDS)[1] == []
