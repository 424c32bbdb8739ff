"""What a client is given, what it sends, and how it ends; against a scripted app."""

from __future__ import annotations

import gc
import signal
import ssl
import subprocess
import sys
import threading
import types
from concurrent.futures import wait
from pathlib import Path

import pytest

import anyspace
from anyspace.compat.gradio_client import Client, handle_file
from anyspace.compat.gradio_client.exceptions import AuthenticationError
from anyspace.compat.gradio_client.utils import QueueError, TooManyRequestsError
from anyspace.testing import FakeEndpoint, FakeSpace, Pause
from tests.client.support import DATA, JOIN, UPLOAD, echo, endless, file_data, slow

TOKEN = "hf_secretsecretsecret"


ENDPOINTS = [
    FakeEndpoint(name="/echo", function=echo),
    FakeEndpoint(name="/slow", function=slow),
    FakeEndpoint(name="/endless", function=endless),
    FakeEndpoint(name="/take", function=lambda photo: photo, inputs=["file"], outputs=["json"]),
    FakeEndpoint(name="/json", function=lambda v: v, inputs=["json"], outputs=["json"]),
    FakeEndpoint(name="/give", function=lambda: file_data("/tmp/fox.png"), outputs=["file"]),
]


@pytest.fixture
def space():
    with FakeSpace(ENDPOINTS) as fake:
        fake.files["/tmp/fox.png"] = ("fox.png", b"content")
        yield fake


@pytest.fixture
def connect(space, tmp_path):
    """Make clients of the app, and close them."""
    made = []

    def connect(**options):
        made.append(Client(space.url, **{"download_files": tmp_path, "verbose": False, **options}))
        return made[-1]

    yield connect
    for client in made:
        client.close()


def begun(client, text="x"):
    job = client.submit(text, api_name="/endless")
    next(job)
    return job


# --- what it is given ------------------------------------------------------------


def test_connecting_prints_one_line_unless_told_not_to(connect, space, capsys):
    """gradio_client's own."""
    connect(verbose=True)
    assert capsys.readouterr().out == f"Loaded as API: {space.url}/\n"
    connect(verbose=False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("option", "value", "timeouts"),
    [
        ("timeout", 7, (7, 7, 7)),
        ("timeout", None, (None, None, None)),
        ("timeout", (3, 9), (3, 9, 9)),
        ("timeout", types.SimpleNamespace(connect=2, read=None), (2, None, None)),
        ("verify", False, (10, 60, 90)),
        ("follow_redirects", True, (10, 60, 90)),
        ("trust_env", True, (10, 60, 90)),
        ("proxy", None, (10, 60, 90)),
        ("auth", None, (10, 60, 90)),
    ],
)
def test_what_httpx_was_told_is_kept_where_it_can_be(option, value, timeouts, connect):
    """Its read timeout is the time between two pieces of an answer."""
    client = connect(httpx_kwargs={option: value})
    kept = client._bridge.runner._timeouts
    assert (kept.connect, kept.first_message, kept.idle) == timeouts
    assert client.predict("x", api_name="/echo") == "x"


def test_headers_cookies_and_basic_auth_are_sent(connect, space):
    """Headers of the client win over those that httpx was told."""
    connect(
        httpx_kwargs={"headers": {"A": "1", "B": "1"}, "cookies": {"c": "2"}, "auth": ("u", "p")},
        headers={"b": "3"},
    )
    sent = space.requests[0].headers
    assert {name: sent[name] for name in ("a", "b", "cookie", "authorization")} == {
        "a": "1",
        "b": "3",
        "cookie": "c=2",
        "authorization": "Basic dTpw",
    }


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("proxy", "http://proxy:3128", "HTTPS_PROXY"),
        ("proxies", {"http://": "x"}, "HTTPS_PROXY"),
        ("mounts", {}, "HTTPS_PROXY"),
        ("trust_env", False, "HTTPS_PROXY"),
        ("cert", "me.pem", "ssl.SSLContext"),
        ("follow_redirects", False, "there is no httpx here"),
        ("auth", object(), "there is no httpx here"),
        ("timeout", "long", "there is no httpx here"),
        ("verify", 3, "there is no httpx here"),
        ("http2", True, "there is no httpx here"),
        ("event_hooks", {}, "there is no httpx here"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(name, value, advice, connect, space):
    """Before anything is sent; dropping it in silence would be worse."""
    with pytest.raises(NotImplementedError, match=f"httpx_kwargs has {name}=.*{advice}") as caught:
        connect(httpx_kwargs={name: value})
    assert isinstance(caught.value, anyspace.UsageError)
    assert space.requests == []


def test_certificates_may_be_a_file(connect, tmp_path):
    """As httpx takes them; ours are `ssl.SSLContext`s."""
    with pytest.raises(FileNotFoundError):
        connect(httpx_kwargs={"verify": str(tmp_path / "missing.pem")})
    assert connect(ssl_verify=ssl.create_default_context()).predict("x", api_name="/echo") == "x"


def test_keywords_of_older_versions_are_taken_with_a_warning(connect, space, tmp_path):
    """``hf_token`` up to 1.x, ``output_dir`` and ``serialize`` in 0.x."""
    with pytest.warns(DeprecationWarning, match="pass token= instead"):
        connect(hf_token=TOKEN)
    assert space.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    with pytest.warns(DeprecationWarning, match="pass download_files= instead"):
        assert connect(output_dir=tmp_path / "out").output_dir == str(tmp_path / "out")
    with pytest.warns(DeprecationWarning, match="pass nothing instead"):
        connect(serialize=True)
    with (
        pytest.warns(DeprecationWarning, match="upload_files"),
        pytest.raises(NotImplementedError, match="upload_files=False is gone"),
    ):
        connect(upload_files=False)
    with pytest.raises(TypeError, match="unexpected keyword argument 'tokens'"):
        connect(tokens="x")


def test_what_is_not_supported_is_refused(connect):
    """Clearly, and not by doing nothing."""
    with pytest.raises(NotImplementedError, match="_skip_components"):
        connect(_skip_components=False)
    with pytest.raises(NotImplementedError, match="guides/creating-a-discord-bot"):
        connect().deploy_discord()


def test_the_apps_code_gets_a_token_of_its_own(connect, space):
    """As gradio_client has it: what opens the app is not what the app may act with."""
    space.info["named_endpoints"]["/echo"]["oauth_token"] = "optional"
    for given in ({"token": "hf_opens"}, {"token": "hf_opens", "oauth_token": "hf_acts"}):
        client = connect(**given)
        client.predict("x", api_name="/echo")
        client.predict("x", api_name="/slow")
        asking, other = (request.json() for request in space.received(JOIN)[-2:])
        assert asking.get("oauth_token") == given.get("oauth_token") == client.oauth_token
        assert "oauth_token" not in other


def test_an_output_that_the_program_changed_does_not_come_twice():
    """Ours: the end repeats the last output, whatever became of that meanwhile."""
    changed = threading.Event()

    def once():
        yield {"a": [1]}
        while not changed.is_set():
            yield Pause(0.01)

    with FakeSpace([FakeEndpoint(name="/once", function=once, outputs=["json"])]) as space:
        client = Client(space.url, download_files=False, verbose=False)
        job = client.submit()
        next(job)["a"].append("changed")
        changed.set()
        job.result()
        assert len(job.outputs()) == 1
        client.close()


def test_the_folder_for_files_is_made_and_has_to_be_one(connect, tmp_path):
    """gradio_client's words."""
    assert connect(download_files=str(tmp_path / "a" / "b")).output_dir == str(tmp_path / "a/b")
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match=r"Path: .*file is not a directory"):
        connect(download_files=tmp_path / "file")


def test_a_login_is_tried_and_its_failure_told(tmp_path):
    """`AuthenticationError` for a wrong password too."""
    with FakeSpace({"/echo": echo}, auth=("ada", "lovelace")) as space:
        options = {"download_files": tmp_path, "verbose": False}
        with Client(space.url, auth=("ada", "lovelace"), **options) as client:
            assert client.predict("in") == "in"
        for wrong in (("ada", "byron"), None):
            with pytest.raises(AuthenticationError) as caught:
                Client(space.url, auth=wrong, **options)
            assert isinstance(caught.value, ValueError)


# --- what it sends ---------------------------------------------------------------


def test_all_calls_share_one_session_until_it_is_reset(connect, space):
    """What ``gr.State`` hangs on."""
    client = connect()
    first = client.session_hash
    for _ in range(2):
        client.predict("x", api_name="/echo")
    client.reset_session()
    client.predict("x", api_name="/echo")
    hashes = [request.json()["session_hash"] for request in space.received(JOIN)]
    assert hashes == [first, first, client.session_hash]
    assert first != client.session_hash


def test_a_calls_headers_win(connect, space):
    """There they are documented to win, and lose."""
    client = connect(headers={"x-mine": "client"})
    client.predict("x", api_name="/echo", headers={"X-Mine": "call"})
    client.predict("x", api_name="/echo")
    assert [request.headers["x-mine"] for request in space.received(JOIN)] == ["call", "client"]
    assert {request.headers["x-gradio-user"] for request in space.requests} == {"api"}


def test_a_marked_file_is_sent_wherever_it_stands(connect, space, tmp_path):
    """In a file's place, inside JSON, and once if it is the same."""
    path = tmp_path / "note.txt"
    path.write_text("1")
    client = connect()
    client.predict(handle_file(path), api_name="/take")
    client.predict({"deep": [handle_file(path), 3]}, api_name="/json")
    sent = [request.json()["data"][0] for request in space.received(JOIN)]
    files = [sent[0], sent[1]["deep"][0]]
    assert [file["orig_name"] for file in files] == ["note.txt", "note.txt"]
    assert all(space.files[file["path"]] == ("note.txt", b"1") for file in files)
    assert len(space.received(UPLOAD)) == 2


def test_a_file_on_the_apps_own_disk_goes_as_it_is(connect, space):
    """A result of ``download_files=False``; there it fails unless the disk is this one."""
    mine = connect(download_files=False).predict(api_name="/give")
    assert mine["path"] == "/tmp/fox.png"
    connect().predict(mine, api_name="/take")
    assert space.received(JOIN)[1].json()["data"] == [mine]
    assert space.received(UPLOAD) == []


def test_text_in_a_files_place_is_answered_with_advice(connect, space):
    """There the app fails with the words of a validator that nobody understands."""
    with pytest.raises(TypeError, match=r"pass handle_file\('fox.png'\)"):
        connect().predict("fox.png", api_name="/take")
    assert space.received(JOIN) == []


def test_a_file_that_cannot_be_sent_is_a_value_error(connect, space, tmp_path):
    """Too large for the app, a folder."""
    path = tmp_path / "large.bin"
    path.write_bytes(b"x" * 100)
    space.config["max_file_size"] = 10
    client = connect()
    with pytest.raises(ValueError, match="exceeds the maximum file size of 10 bytes"):
        client.predict(handle_file(path), api_name="/take")
    with pytest.raises(ValueError, match="is a folder"):
        client.predict(handle_file(tmp_path), api_name="/take")
    assert space.received(UPLOAD) == []


def test_arguments_beyond_the_last_are_left_out_with_a_warning(connect):
    """There they are sent, and the app ignores them."""
    with pytest.warns(UserWarning, match="/echo takes 1 arguments; the last 2 of 3 are left out"):
        assert connect().predict("x", "y", "z", api_name="/echo") == "x"


def test_values_are_the_apps_to_check(connect, space):
    """As there: what is not on offer may be right by now."""
    connect().predict(3, api_name="/echo")
    assert space.received(JOIN)[0].json()["data"] == [3]


# --- what comes back -------------------------------------------------------------


def test_a_file_is_kept_under_its_hash_and_name(connect, tmp_path):
    """So the same file twice is one, and two of one name are two."""
    paths = [connect().predict(api_name="/give") for _ in range(2)]
    digest = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
    assert paths == [str(tmp_path / digest / "fox.png")] * 2
    assert (tmp_path / digest / "fox.png").read_bytes() == b"content"
    assert [path.name for path in tmp_path.iterdir()] == [digest]


@pytest.mark.parametrize("path", ["../../evil", "/etc/..", "C:\\evil", "\x00"])
def test_a_hostile_name_stays_in_the_folder(path, tmp_path):
    """There the last part of the app's path is the name, whatever it is."""
    give = FakeEndpoint(name="/g", function=lambda: file_data(path), outputs=["file"])
    with FakeSpace([give]) as space:
        space._send_file = _always_content
        with Client(space.url, download_files=tmp_path, verbose=False) as client:
            kept = client.predict()
    assert tmp_path.resolve() in Path(kept).parents


async def _always_content(exchange):
    await exchange.respond(200, b"content", {"content-type": "application/octet-stream"})


def test_a_stream_of_media_is_fetched_where_it_says(tmp_path):
    """``is_stream``: its path leads nowhere."""
    url = "/gradio_api/stream/s/1/2/playlist-file"
    endpoint = FakeEndpoint(name="/play", function=lambda: None, outputs=["audio"])
    with FakeSpace([endpoint]) as space:
        endpoint.function = lambda: file_data("s/1/2", space.url + url, is_stream=True)
        space.on("GET", url, _always_content)
        with Client(space.url, download_files=tmp_path, verbose=False) as client:
            assert client.predict().endswith("/playlist-file")


def test_a_file_that_is_gone_fails_the_job(connect, space):
    """With where it was looked for; there with the HTTP library's own error."""
    space.files.clear()
    with pytest.raises(ValueError, match=r"file=/tmp/fox\.png cannot be fetched") as caught:
        connect().predict(api_name="/give")
    assert isinstance(caught.value, anyspace.FileError)


def test_a_file_that_is_gone_leaves_an_output_so_far_out(tmp_path, caplog):
    """Ours: the final one counts."""

    def steps():
        yield file_data("/tmp/gone.png")
        yield file_data("/tmp/fox.png")

    with FakeSpace([FakeEndpoint(name="/steps", function=steps, outputs=["file"])]) as space:
        space.files["/tmp/fox.png"] = ("fox.png", b"content")
        with Client(space.url, download_files=tmp_path, verbose=False) as client:
            job = client.submit()
            assert [path.rpartition("/")[2] for path in job] == ["fox.png"]
    assert "an output so far of /steps has no files" in caplog.text


def test_refusals_are_of_the_known_kinds(connect, space):
    """A full queue, too many requests; both say more than there."""
    client = connect()
    space.answer("POST", JOIN, 503, {"detail": "Queue is full. Max size is 3."})
    with pytest.raises(QueueError, match="Max size is 3"):
        client.predict("x", api_name="/echo")
    space.answer("POST", JOIN, 429, b"", {"retry-after": "7"})
    with pytest.raises(TooManyRequestsError) as caught:
        client.predict("x", api_name="/echo")
    assert caught.value.retry_after == 7


# --- how it ends -----------------------------------------------------------------


def test_no_more_calls_run_at_once_than_there_are_workers(connect, space):
    """``max_workers=1`` runs them one after another, in order."""
    client = connect(max_workers=1)
    jobs = [client.submit(str(i), api_name="/slow") for i in range(3)]
    next(jobs[0])
    assert [job.running() for job in jobs] == [True, False, False]
    assert jobs[1].status().code.value == "STARTING"
    assert jobs[1].cancel()
    assert [jobs[0].result(), jobs[2].result()] == ["done 0", "done 2"]
    assert [request.json()["data"] for request in space.received(JOIN)] == [["0"], ["2"]]


def test_closing_lets_the_jobs_that_run_end(connect):
    """As there, where closing ends a heartbeat and nothing else."""
    client = connect()
    job = client.submit("x", api_name="/slow")
    next(job)
    client.close()
    assert job.result() == "done x"
    client.close()
    with pytest.raises(anyspace.UsageError, match="closed"):
        client.predict("x", api_name="/echo")


def test_a_client_that_nobody_holds_finishes_its_jobs(connect, space, tmp_path):
    """``Client(src).submit(…)`` in one line."""
    job = Client(space.url, download_files=tmp_path, verbose=False).submit("x", api_name="/slow")
    gc.collect()
    assert job.result() == "done x"


def test_an_interrupted_call_is_cancelled_on_the_app(tmp_path):
    """Ours: there it runs on, and the program waits for it when it ends."""

    def interrupt():
        yield "begun"
        yield Pause(0.05)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        yield Pause(60)

    with FakeSpace({"/interrupt": interrupt}) as space:
        client = Client(space.url, download_files=tmp_path, verbose=False)
        with pytest.raises(KeyboardInterrupt):
            client.predict()
        assert space.running == 0
        client.close()


def test_a_program_waits_for_its_jobs_and_their_callbacks(space, tmp_path):
    """As there: a script may submit and reach its end."""
    code = (
        "import sys, time\n"
        "from anyspace.compat.gradio_client import Client\n"
        "client = Client(sys.argv[1], download_files=sys.argv[2], verbose=False)\n"
        "def tell(value):\n"
        "    print(value, client.predict('again', api_name='/echo'))\n"
        "client.submit('x', api_name='/slow', result_callbacks=tell)\n"
    )
    command = [sys.executable, "-W", "error", "-c", code, space.url, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("done x again\n", "")


# --- jobs ------------------------------------------------------------------------


def test_callbacks_are_called_in_order_where_they_may_call_again(connect):
    """There, each runs in a worker's thread too."""
    client, called, ended = connect(), [], threading.Event()
    callbacks = [
        lambda value: called.append(client.predict(f"{value} again", api_name="/echo")),
        lambda value: called.append(value),
        lambda value: ended.set(),
    ]
    client.submit("x", api_name="/slow", result_callbacks=callbacks)
    assert ended.wait(15)
    assert called == ["done x again", "done x"]


def test_callbacks_of_results_are_not_called_without_one(connect, space):
    """Those of the future are, as of any future."""
    client, called, ended = connect(), [], threading.Event()
    job = begun(client)
    job.add_done_callback(lambda job: (called.append(job.cancelled()), ended.set()))
    other = client.submit("y", api_name="/slow", result_callbacks=called.append)
    wait((other,))
    assert job.cancel()
    assert ended.wait(15)
    space.answer("POST", JOIN, 500, b"broken")
    client.submit("x", api_name="/echo", result_callbacks=called.append).exception()
    assert called == ["done y", True]


def test_a_cancelled_job_is_cancelled(connect, space):
    """By every question that a future answers, and on the app."""
    job = begun(connect())
    assert job.running()
    assert job.cancel()
    assert (job.done(), job.cancelled(), job.running()) == (True, True, False)
    assert job.status().code.value == "CANCELLED"
    assert space.running == 0
    assert not job.cancel()
    assert list(job) == []


def test_a_job_that_has_ended_cannot_be_cancelled(connect):
    """There `cancel` says yes, and the job's status is CANCELLED from then on."""
    job = connect().submit("x", api_name="/echo")
    assert job.result() == "x"
    assert not job.cancel()
    assert (job.cancelled(), job.status().code.value) == (False, "FINISHED")


def test_a_result_may_be_waited_for_in_vain(connect):
    """The builtin `TimeoutError`, which `concurrent.futures` has too; the job goes on."""
    job = begun(connect())
    with pytest.raises(TimeoutError):
        job.result(timeout=0.01)
    assert not job.done()
    job.cancel()


def test_an_app_under_load_is_told_of(capsys, connect):
    """gradio_client's advice, for Spaces only."""
    job = connect().submit("x", api_name="/slow")
    latest = job._record.latest
    job._record.latest = type(latest)(**{**vars(latest), "eta": 45.2})
    job.verbose, job.space_id = True, "ada/paint"
    assert job.status().eta == 45.2
    told = capsys.readouterr().out
    assert "approximately 45 seconds" in told
    assert "Client.duplicate(ada/paint)" in told
    job.result()


async def test_updates_are_followed_in_any_loop(connect):
    """Live, each reader from the first on; leaving early disturbs nobody."""
    client = connect()
    job = client.submit("x", api_name="/slow")
    async for update in job:
        if update.type == "output":
            break
    kinds = [update.type async for update in job]
    assert kinds.count("output") == 3  # two so far, and the end
    assert job.result() == "done x"
    assert [u.type async for u in client.submit("x", api_name="/echo")][-1] == "output"


def test_a_stream_that_is_cut_ends_the_iteration(connect, space):
    """There `for` spins for ever, and `result` raises an empty CancelledError."""
    client = connect()

    async def cut(exchange):
        exchange.cut()

    space.on("GET", DATA, cut)
    job = client.submit("x", api_name="/echo")
    assert list(job) == []
    with pytest.raises(anyspace.StreamBroken):
        job.result()
