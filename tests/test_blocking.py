"""The names without await: the same as those with it, from wherever they are called."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

import anyspace
from anyspace import (
    AppError,
    AsyncClient,
    AsyncJob,
    AsyncMediaFile,
    Client,
    ConnectFailed,
    Job,
    JobCancelled,
    JobStatus,
    MediaFile,
    Output,
    Timeouts,
    UsageError,
)
from anyspace._blocking import run_blocking
from anyspace.testing import FakeEndpoint, FakeSpace
from tests.client.support import CANCEL, DATA, JOIN, echo, endless, file_data, run, slow
from tests.servers.ports import free_port


def fail(text):
    raise ValueError(text)


ENDPOINTS = [
    FakeEndpoint(name="/echo", function=echo),
    FakeEndpoint(name="/slow", function=slow),
    FakeEndpoint(name="/endless", function=endless),
    FakeEndpoint(name="/fail", function=fail),
    FakeEndpoint(name="/give", function=lambda: file_data("/tmp/fox.png"), outputs=["file"]),
    FakeEndpoint(name="/take", function=lambda f: f.get("orig_name"), inputs=["file"]),
]
PATIENT = Timeouts(connect=15, first_message=15, idle=15, total=15)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def space():
    with FakeSpace(ENDPOINTS) as space:
        space.files["/tmp/fox.png"] = ("fox.png", b"content")
        yield space


@pytest.fixture
def client(space):
    with Client(space.url, timeouts=PATIENT) as client:
        yield client


def begun(client):
    """A job that the app works on."""
    job = client.submit("x", api_name="/endless")
    next(iter(job))
    return job


# --- the same names --------------------------------------------------------------


def public(kind):
    return {name for name in dir(kind) if not name.startswith("_")}


@pytest.mark.parametrize(
    ("blocking", "other", "only_there"),
    [
        (Client, AsyncClient, {"aclose"}),
        # What carries a job out talks to the asynchronous one only.
        (
            Job,
            AsyncJob,
            {"start", "show", "show_output", "finish", "decode", "cursor", "wait_for_more"},
        ),
        (MediaFile, AsyncMediaFile, set()),
    ],
)
def test_both_kinds_have_the_same_names(blocking, other, only_there):
    """Ours: parity is a test; nothing in one that is not in the other."""
    assert public(other) - public(blocking) == only_there
    # An asynchronous job has these too, but as plain attributes.
    assert public(blocking) - public(other) <= {"close", "endpoint", "space"}


# What the asynchronous client takes for rooms of ours.
LEFT_OUT = {"transport", "make_file", "make_decoder", "public_only"}


@pytest.mark.parametrize(
    ("blocking", "other", "leaves_out"),
    [
        (Client.__init__, AsyncClient.__init__, LEFT_OUT),
        (Client.connect, AsyncClient.connect, set()),
        (Client.predict, AsyncClient.predict, set()),
        (Client.submit, AsyncClient.submit, set()),
        (Client.reset_session, AsyncClient.reset_session, set()),
        (Client.fetch_document, AsyncClient.fetch_document, set()),
        (Client.endpoint, AsyncClient.endpoint, set()),
        (Client.close, AsyncClient.aclose, set()),
        (Job.result, AsyncJob.result, set()),
        (Job.cancel, AsyncJob.cancel, set()),
        (Job.updates, AsyncJob.updates, set()),
        (Job.outputs, AsyncJob.outputs, set()),
        (Job.status, AsyncJob.status, set()),
        (Job.done, AsyncJob.done, set()),
        (MediaFile.read, AsyncMediaFile.read, set()),
        (MediaFile.save, AsyncMediaFile.save, set()),
        (MediaFile.image, AsyncMediaFile.image, set()),
    ],
)
def test_both_kinds_take_the_same_arguments(blocking, other, leaves_out):
    """Names, order, kinds and defaults."""
    mine = list(inspect.signature(blocking).parameters.values())
    theirs = [
        parameter
        for name, parameter in inspect.signature(other).parameters.items()
        if name not in leaves_out
    ]
    assert [(p.name, p.kind, p.default) for p in mine] == [
        (p.name, p.kind, p.default) for p in theirs
    ]


# --- what it does ----------------------------------------------------------------


def test_a_client_connects_when_it_is_made(space):
    """Ours: making one blocks, so errors come where the client is made."""
    with Client(space.url) as client:
        assert space.requests[0].path == "/config"
        assert list(client.endpoints) == [endpoint.name for endpoint in ENDPOINTS]
        assert (client.space, client.url) == (space.url, space.url)
        assert client.app is client.connect()
        assert client.wire.cancels
        assert repr(client) == f"<Client {space.url} (connected)>"
    assert repr(client) == f"<Client {space.url} (closed)>"
    with pytest.raises(ConnectFailed):
        Client(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(UsageError):
        Client("no such thing")


def test_calls_return_and_raise_as_those_with_await(client):
    """Values, files, errors."""
    assert client.predict("x", api_name="/echo") == "x"
    assert client.predict(("a.txt", b"1"), api_name="/take") == "a.txt"
    with pytest.raises(AppError, match="broken"):
        client.predict("broken", api_name="/fail")
    with pytest.raises(anyspace.ArgumentError):
        client.predict(1, api_name="/echo")
    with pytest.raises(anyspace.UnknownEndpoint):
        client.submit("x", api_name="/nowhere")


def test_a_job_is_followed_without_await(client):
    """Updates, outputs, states, result."""
    job = client.submit("x", api_name="/slow")
    assert isinstance(job, Job)
    assert list(job) == ["begun x", "done x"]
    assert job.result() == "done x"
    assert job.outputs() == ["begun x", "done x"]
    assert [u for u in job.updates() if isinstance(u, Output)] == [
        Output("begun x"),
        Output("done x"),
    ]
    assert (job.status(), job.done()) == (JobStatus.DONE, True)
    assert job.endpoint.name == "/slow"
    assert job.space == client.space
    assert repr(job) == f"<Job /slow of {client.space}: done>"


def test_iterating_a_job_raises_what_ended_it(client):
    """As with await."""
    with pytest.raises(AppError, match="broken"):
        list(client.submit("broken", api_name="/fail"))


def test_waiting_with_a_limit_leaves_the_job_running(client):
    """The limit is the waiter's."""
    job = client.submit("x", api_name="/slow")
    with pytest.raises(TimeoutError):
        job.result(timeout=0.01)
    assert not job.done()
    assert job.result(timeout=15) == "done x"


def test_a_job_is_cancelled_on_the_app(client, space):
    """Before `cancel` returns."""
    job = begun(client)
    assert job.cancel()
    assert space.running == 0
    with pytest.raises(JobCancelled):
        job.result()
    assert not job.cancel()


def test_leaving_the_updates_early_disturbs_nobody(client):
    """The rest of them is not waited for."""
    job = client.submit("x", api_name="/slow")
    for _ in job.updates():
        break
    gc.collect()
    assert job.result() == "done x"


def test_closing_cancels_what_runs(space):
    """On the app, before the block ends; closing again is nothing."""
    with Client(space.url) as client:
        job = begun(client)
    assert job.status() is JobStatus.CANCELLED
    assert space.running == 0
    client.close()


def test_files_are_fetched_without_await(client, space, tmp_path):
    """Read, saved, decoded."""
    file = client.predict(api_name="/give")
    assert isinstance(file, MediaFile)
    assert file.read() == b"content"
    assert file.save(tmp_path) == tmp_path / "fox.png"
    with pytest.raises(anyspace.FileError):
        file.image()
    Image.new("RGB", (3, 2)).save(tmp_path / "real.png")
    space.files["/tmp/fox.png"] = ("fox.png", (tmp_path / "real.png").read_bytes())
    assert file.image().size == (3, 2)
    assert client.predict(file, api_name="/take") is None  # its own: goes back as it came


def test_a_file_goes_from_a_blocking_client_to_another_app(client):
    """It is read by the client it came from."""
    file = client.predict(api_name="/give")
    with FakeSpace(ENDPOINTS) as other, Client(other.url) as second:
        assert second.predict(file, api_name="/take") == "fox.png"
        assert list(other.files.values()) == [("fox.png", b"content")]


def test_a_client_that_is_forgotten_is_closed_once_its_jobs_have_ended(space):
    """Ours: what it opened does not pile up in a program that runs for months."""
    job = Client(space.url).submit("x", api_name="/slow")
    gc.collect()
    assert job.result() == "done x"
    closed = [client for client in anyspace._blocking._portal.kept if client.space == space.url]
    for _ in range(1000):
        if not closed:
            break
        run_blocking(asyncio.sleep(0.005))
        closed = [client for client in anyspace._blocking._portal.kept if client.space == space.url]
    assert closed == []


# --- from wherever ---------------------------------------------------------------


def test_it_works_inside_a_running_loop(space):
    """Observed: notebooks have one; it is never the caller's loop that runs the calls."""

    async def main():
        with Client(space.url) as client:
            job = client.submit("y", api_name="/slow")
            return client.predict("x", api_name="/echo"), list(job)

    assert run(main()) == ("x", ["begun y", "done y"])


def test_it_works_from_several_threads_at_once(client):
    """One client, one loop, no lock of the caller's."""
    with ThreadPoolExecutor(20) as pool:
        texts = [str(i) for i in range(200)]
        results = list(pool.map(lambda text: client.predict(text, api_name="/echo"), texts))
    assert results == texts


def test_threads_that_start_at_once_share_one_portal(space):
    """The first call makes it; there is never a second."""
    barrier = threading.Barrier(8)

    def call(number):
        barrier.wait()
        with Client(space.url) as client:
            return client.predict(str(number), api_name="/echo")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(call, range(8))) == [str(i) for i in range(8)]
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("anyspace portal") == 1


def test_one_thread_cancels_what_another_waits_for(client, space):
    """A job belongs to nobody's thread."""
    job = begun(client)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(job.result)
        assert job.cancel()
        with pytest.raises(JobCancelled):
            waiting.result(15)
    assert space.running == 0


def test_a_blocking_call_inside_the_portal_is_refused(client):
    """It would wait for itself for ever."""

    async def inside():
        return client.predict("x", api_name="/echo")

    with pytest.raises(UsageError, match="wait for itself"):
        run_blocking(inside())


# --- when the program ends -------------------------------------------------------

HEAD = """\
import asyncio, atexit, os, pathlib, sys
import anyspace
from anyspace.testing import FakeEndpoint
url = sys.argv[1]
"""


def program(space, code, *options):
    """Run a program with every warning an error; give its exit code and what it printed."""
    command = [sys.executable, *options, "-c", HEAD + code, space.url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment())
    # On a busy machine asyncio's debug mode finds anything slow.
    errors = [line for line in done.stderr.splitlines() if not line.startswith("Executing <")]
    return done.returncode, done.stdout, "\n".join(errors)


def environment():
    path = os.pathsep.join(filter(None, [os.path.dirname(anyspace.__path__[0]), *sys.path]))
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return {**kept, "PYTHONPATH": path}


STRICT = ("-X", "dev", "-W", "error")

ENDINGS = {
    "a client left open": (
        "client = anyspace.Client(url)\nprint(client.predict('x', api_name='/echo'))\n",
        "x\n",
    ),
    "a client forgotten in a function": (
        "def main():\n"
        "    client = anyspace.Client(url)\n"
        "    return client.predict('x', api_name='/echo')\n"
        "print(main())\n",
        "x\n",
    ),
    "a job left running": (
        "client = anyspace.Client(url)\n"
        "job = client.submit('x', api_name='/endless')\n"
        "print(next(iter(job)))\n",
        "begun x\n",
    ),
    "a file read after its client was closed": (
        "with anyspace.Client(url) as client:\n"
        "    file = client.predict(api_name='/give')\n"
        "print(file.read())\n",
        "b'content'\n",
    ),
    "a call in a handler of atexit": (
        "client = anyspace.Client(url)\n"
        "atexit.register(lambda: print(client.predict('late', api_name='/echo')))\n",
        "late\n",
    ),
    "a first connection in a handler of atexit": (
        "def late():\n"
        "    client = anyspace.Client(url.replace('127.0.0.1', 'localhost'))\n"
        "    print(client.predict('late', api_name='/echo'))\n"
        "atexit.register(late)\n",
        "late\n",
    ),
    "files in a handler of atexit": (
        "def late():\n"
        "    client = anyspace.Client(url)\n"
        "    saved = client.predict(api_name='/give').save(pathlib.Path.cwd() / 'out')\n"
        "    print(client.predict(saved, api_name='/take'))\n"
        "    saved.unlink()\n"
        "import tempfile\n"
        "os.chdir(tempfile.mkdtemp())\n"
        "atexit.register(late)\n",
        "out\n",
    ),
    "clients in running loops": (
        "async def main():\n"
        "    with anyspace.Client(url) as client:\n"
        "        print(client.predict('x', api_name='/echo'))\n"
        "asyncio.run(main())\n"
        "asyncio.run(main())\n",
        "x\nx\n",
    ),
    "an asynchronous client": (
        "async def main():\n"
        "    async with anyspace.AsyncClient(url) as client:\n"
        "        print(await client.predict('x', api_name='/echo'))\n"
        "asyncio.run(main())\n",
        "x\n",
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_program_ends_in_silence(space, ending):
    """With code 0, nothing on stderr, and as soon as it is done; twice over under -W error."""
    code, printed = ENDINGS[ending]
    assert program(space, code, *STRICT) == (0, printed, "")


def test_a_program_that_ends_with_a_client_open_says_nothing(space):
    """Observed: without any option aiohttp complains on stderr about sessions left open."""
    code, printed = ENDINGS["a client left open"]
    assert program(space, code) == (0, printed, "")


# --- Ctrl-C ----------------------------------------------------------------------

INTERRUPTED = {
    "predict": "client.predict('x', api_name='/endless')\n",
    "predict in a block": "with client: client.predict('x', api_name='/endless')\n",
    "run_blocking": (
        "from anyspace._blocking import run_blocking\n"
        "async def main():\n"
        "    async with anyspace.AsyncClient(url) as client:\n"
        "        await client.predict('x', api_name='/endless')\n"
        "run_blocking(main())\n"
    ),
}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("call", INTERRUPTED)
def test_ctrl_c_cancels_the_call_on_the_app(call):
    """And the program ends as Python programs do: with a KeyboardInterrupt."""
    running = threading.Event()

    def work(text):
        running.set()
        yield from endless(text)

    with FakeSpace({"/endless": work}) as space:
        code = HEAD + "client = anyspace.Client(url)\n" + INTERRUPTED[call]
        command = [sys.executable, "-c", code, space.url]
        with subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=environment()
        ) as process:
            with stopped_at_last(process):
                assert running.wait(30)
                wait_for(lambda: space.received(DATA))
                process.send_signal(signal.SIGINT)
                _, errors = process.communicate(timeout=30)
        assert process.returncode not in (0, None)
        assert errors.rstrip().endswith("KeyboardInterrupt")
        assert len(space.received(CANCEL)) >= 1
        assert space.running == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_while_waiting_for_a_job_leaves_the_job_alone(space):
    """Whoever has the job can still wait for it, or cancel it."""
    code = HEAD + (
        "client = anyspace.Client(url)\n"
        "job = client.submit('x', api_name='/endless')\n"
        "next(iter(job))\n"
        "try:\n"
        "    print('begun', flush=True)\n"
        "    job.result()\n"
        "except KeyboardInterrupt:\n"
        "    print(job.status().value, job.cancel(), client.predict('x', api_name='/echo'))\n"
    )
    command = [sys.executable, *STRICT, "-c", code, space.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        with stopped_at_last(process):
            assert process.stdout.readline() == "begun\n"
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=30)
    assert output == "running True x\n"
    assert process.returncode == 0


@contextlib.contextmanager
def stopped_at_last(process):
    try:
        yield
    finally:
        if process.poll() is None:
            process.kill()


def wait_for(condition):
    """Wait in a thread that has no loop."""
    for _ in range(3000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not happen")


# --- after a fork ----------------------------------------------------------------

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")

FORKED = """\
client = anyspace.Client(url)
file = client.predict(api_name='/give')
job = client.submit('x', api_name='/endless')
print(client.predict('parent', api_name='/echo'), flush=True)
child = os.fork()
if not child:
{child}
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(client.predict('parent again', api_name='/echo'))
print(job.cancel())
"""


def forked(space, *lines):
    code = FORKED.format(child="\n".join(f"    {line}" for line in lines))
    return program(space, code, "-W", "ignore::DeprecationWarning")


@needs_fork
@pytest.mark.parametrize("end", ["os._exit(7)", "sys.exit(7)"])
def test_a_forked_child_makes_its_own_portal(space, end):
    """And leaves its parent's connections alone, however it ends."""
    outcome = forked(
        space,
        "with anyspace.Client(url) as own:",
        "    print(own.predict('child', api_name='/echo'), flush=True)",
        end,
    )
    assert outcome == (0, "parent\nchild\n7\nparent again\nTrue\n", "")


@needs_fork
def test_a_forked_child_that_does_nothing_spoils_nothing(space):
    """Observed: objects destroyed in the child took the parent's sockets out of its poll set."""
    outcome = forked(space, "del client, file, job", "import gc; gc.collect()", "sys.exit(7)")
    assert outcome == (0, "parent\n7\nparent again\nTrue\n", "")


@needs_fork
def test_a_client_from_before_the_fork_is_refused_in_the_child(space):
    """Ours: two processes on one connection would read each other's answers."""
    outcome = forked(
        space,
        "for call in (lambda: client.predict('x', api_name='/echo'), file.read, job.result,",
        "             job.cancel, lambda: list(job), lambda: client.submit('x')):",
        "    try: call()",
        "    except anyspace.UsageError as exc: print('fork' in str(exc), flush=True)",
        "client.close()",
        "sys.exit(7)",
    )
    assert outcome == (0, "parent\n" + "True\n" * 6 + "7\nparent again\nTrue\n", "")
    assert len(space.received(JOIN)) == 4
