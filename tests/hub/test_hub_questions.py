"""Search, copies, quota and examinations: in Python and on the command line. The Hub is a fake."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import anyspace
from anyspace.cli import main
from anyspace.hub import forget_spaces
from anyspace.testing import FakeEndpoint, FakeHub, FakeSpace

TOKEN = "hf_secretsecretsecret"
DRAW = FakeEndpoint(
    name="/infer",
    function=lambda prompt, seed: None,
    inputs=["textbox", "number"],
    outputs=["image"],
    defaults={"seed": 0},
)


@pytest.fixture
def hub(monkeypatch):
    """A Hub with three Spaces and one user."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("anyspace.hub._waking._FIRST_PAUSE", 0.01)
    with FakeHub({TOKEN: "ada"}) as hub:
        hub.add(
            "bob/flux",
            description="Paint pictures of words",
            category="Image Generation",
            hardware="zero-a10g",
            likes=12,
        )
        hub.add("bob/old-paint", description="Paint pictures", stages=("SLEEPING",))
        hub.add("ada/voice", description="Read words aloud", category="Speech Synthesis")
        hub.add("bob/site", description="A page of pictures", sdk="static")
        yield hub


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], terminal_width=120)


# --- search -----------------------------------------------------------------------------


def test_spaces_are_found_by_what_they_do(hub):
    """Only Gradio ones, the best first, with what there is to choose by."""
    found = anyspace.search_spaces("paint pictures of words")
    assert [space.id for space in found] == ["bob/flux", "bob/old-paint", "ada/voice"]
    assert (found[0].likes, found[0].hardware, found[0].stage) == (12, "zero-a10g", "RUNNING")
    assert found[0].relevance == 1.0
    assert [request.query["sdk"] for request in hub.requests] == ["gradio"]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({"running": True}, ["bob/flux", "ada/voice"]),
        ({"hardware": "zero"}, ["bob/flux"]),
        ({"task": "text-to-image"}, ["bob/flux", "bob/old-paint"]),
        ({"task": "text-to-speech"}, ["ada/voice", "bob/old-paint"]),
        ({"limit": 1}, ["bob/flux"]),
    ],
)
def test_the_search_is_narrowed(hub, options, ids):
    """By task: first those that the Hub takes for it, then those that it takes for nothing."""
    assert [s.id for s in anyspace.search_spaces("paint pictures of words", **options)] == ids


def test_a_task_alone_will_do(hub):
    """Its name is what is looked for."""
    anyspace.search_spaces("", task="text-to-speech")
    assert hub.requests[0].query["q"] == "text to speech"


@pytest.mark.parametrize(
    ("options", "told"), [({}, "say what"), ({"task": "painting"}, "no task 'painting'")]
)
def test_a_search_for_nothing_is_refused(hub, options, told):
    """Before anything is asked."""
    with pytest.raises(anyspace.UsageError, match=told):
        anyspace.search_spaces(" ", **options)
    assert hub.requests == []


def test_the_search_on_the_command_line(hub):
    """Two lines each that fit a terminal, and as JSON."""
    shown = run("search", "paint", "pictures", "--running")
    assert shown.stdout == (
        "bob/flux  ♥ 12  running  zero-a10g\n  flux · text-to-image · Paint pictures of words\n"
    )
    assert json.loads(run("search", "paint", "--json").stdout)[0]["id"] == "bob/flux"
    nothing = run("search", "submarine")
    assert (nothing.stdout, nothing.exit_code) == ("", 0)
    assert "nothing found" in nothing.stderr


# --- copies, quota, waking ----------------------------------------------------------------


def test_a_space_is_copied_into_ones_own_account(hub):
    """Privately, unless it is said otherwise; once."""
    assert anyspace.duplicate_space("bob/flux", token=TOKEN) == "ada/flux"
    done = run(
        "duplicate", "bob/flux", "ada/mine", "--public", "--hardware", "t4", "--token", TOKEN
    )
    assert done.stdout == "ada/mine\n"
    assert hub.duplicated == [
        {"from": "bob/flux", "repository": "ada/flux", "visibility": "private"},
        {
            "from": "bob/flux",
            "repository": "ada/mine",
            "visibility": "public",
            "hardware": "t4",
        },
    ]


def test_a_copy_needs_an_account_and_a_space(hub):
    """Nothing is asked of the Hub."""
    with pytest.raises(anyspace.AuthenticationError, match="needs an account"):
        anyspace.duplicate_space("bob/flux", token=False)
    with pytest.raises(anyspace.UsageError, match="only Spaces of the Hub"):
        anyspace.duplicate_space("http://localhost:7860", token=TOKEN)
    assert hub.requests == []


def test_the_quota_is_that_of_the_tokens_owner(hub):
    """Seconds, and when they are all there again."""
    hub.quotas["ada"] = {
        "base": 2400,
        "current": 56,
        "resetsAt": "2026-08-01T10:00:00.000Z",
        "overquotaUsed": 3,
    }
    quota = anyspace.gpu_quota(TOKEN)
    assert (quota.total, quota.left, quota.overdrawn) == (2400, 56, 3)
    assert quota.resets_at.hour == 10
    hub.answer("/api/spaces/zero-gpu/quota", 200, {"limit": 3})
    with pytest.raises(anyspace.RemoteProtocolError, match="something else than a quota"):
        anyspace.gpu_quota(TOKEN)


def test_a_quota_without_a_login_is_refused(hub, monkeypatch):
    """It is nobody's."""
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    with pytest.raises(anyspace.AuthenticationError, match="that of a login"):
        anyspace.gpu_quota()


def test_a_space_is_woken_on_the_command_line(hub):
    """And its address printed."""
    with FakeSpace({"/echo": lambda text: text}) as app:
        hub.add("ada/paint", app.url, stages=("SLEEPING", "RUNNING"))
        done = run("wake", "ada/paint")
    assert done.stdout == f"ada/paint running {app.url}\n"
    assert run("wake", "http://localhost:7860").exit_code == 2


def test_waking_and_copying_speak_json(hub):
    """For scripts."""
    with FakeSpace({"/echo": lambda text: text}) as app:
        hub.add("ada/paint", app.url, stages=("SLEEPING", "RUNNING"))
        told = json.loads(run("wake", "ada/paint", "--json").stdout)
    assert (told["id"], told["stage"], told["host"]) == ("ada/paint", "RUNNING", app.url)
    copied = run("duplicate", "bob/flux", "--json", "--token", TOKEN)
    assert json.loads(copied.stdout) == {"from": "bob/flux", "space": "ada/flux", "private": True}


def test_every_command_that_meets_a_sleeping_space_waits_as_long_as_it_is_told(hub):
    """And says with which command to wait longer."""
    with FakeSpace({"/echo": lambda text: text}) as app:
        hub.add("ada/paint", app.url, stages=("SLEEPING",))
        for words in (["call", "ada/paint", "/echo", "x"], ["info", "ada/paint"]):
            refused = run(*words, "--wait", 0)
            assert refused.exit_code == 3
            assert "does not run yet (SLEEPING); `anyspace wake ada/paint`" in refused.stderr
        hub.add("ada/paint", app.url, stages=("SLEEPING", "APP_STARTING", "RUNNING"))
        assert run("call", "ada/paint", "/echo", "x").stdout == "x\n"
        hub.add("ada/paint", app.url, stages=("SLEEPING",))
        forget_spaces()
        with pytest.raises(anyspace.SpaceUnavailable, match="SLEEPING"):
            anyspace.text_generation("x", model="ada/paint", wait=0)


# --- examinations -------------------------------------------------------------------------


def test_a_healthy_space_is_told_on_one_page(hub):
    """With the command to use it."""
    with FakeSpace([DRAW]) as app:
        app.answer("GET", "/gradio_api/queue/status", 200, {"queue_size": 3, "rank_eta": 12.5})
        hub.add("ada/paint", app.url, hardware="zero-a10g")
        found = anyspace.examine("ada/paint", token=TOKEN)
        shown = run("doctor", "ada/paint", "--token", TOKEN)
    assert (found.problem, found.space_id, found.stage) == ("", "ada/paint", "RUNNING")
    assert (found.gradio, found.generation, found.endpoints) == ("6.31.0", "sse_v3", ("/infer",))
    assert (found.queue_size, found.queue_eta) == (3, 12.5)
    assert found.quota.left == 300
    assert found.tasks[0].task == "text-to-image"
    assert found.config_seconds > 0
    assert found.advice == ("anyspace text-to-image … --model ada/paint",)
    assert shown.exit_code == 0
    for words in (
        "zero-a10g",
        "6.31.0, generation sse_v3",
        "3 waiting, about 12 s",
        "300 s left of",
    ):
        assert words in shown.stdout
    assert "/infer(prompt, seed) → image" in shown.stdout
    assert found.private is False


def test_the_page_shows_what_became_of_the_lock(hub, tmp_path, monkeypatch):
    """Where the Space is locked."""
    monkeypatch.chdir(tmp_path)
    with FakeSpace([DRAW]) as app, FakeSpace({"/infer": lambda prompt: prompt}) as other:
        hub.add("ada/paint", app.url)
        anyspace.lock_space("ada/paint", "anyspace.lock.toml")
        assert anyspace.examine("ada/paint").lock == ()
        assert "as it was locked" in run("doctor", "ada/paint").stdout
        hub.add("ada/paint", other.url)
        forget_spaces()
        assert "/infer: seed is gone" in anyspace.examine("ada/paint").lock


def test_an_address_needs_no_hub(hub):
    """Nor is the Hub asked."""
    with FakeSpace({"/echo": lambda text: text}) as app:
        found = anyspace.examine(app.url)
    assert (found.space_id, found.stage, found.problem) == ("", "", "")
    assert found.queue_size is None
    assert found.advice == (f"anyspace info {app.url} /echo",)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("stages", "more", "told", "advice"),
    [
        (("SLEEPING",), {}, "SLEEPING", "anyspace wake ada/paint"),
        (("PAUSED",), {}, "PAUSED", "anyspace duplicate ada/paint"),
        (("BUILD_ERROR",), {}, "does not build", "anyspace duplicate ada/paint"),
        (("RUNNING",), {"sdk": "static"}, "a static Space", 'anyspace search "paint"'),
        (("RUNNING",), {"private": True}, "or it is private", "hf auth login"),
    ],
)
def test_what_is_wrong_comes_with_the_next_step(hub, monkeypatch, stages, more, told, advice):
    """And with exit code 1."""
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    with FakeSpace() as app:
        hub.add("ada/paint", app.url, stages=stages, **more)
        found = anyspace.examine("ada/paint")
        shown = run("doctor", "ada/paint")
        document = json.loads(run("doctor", "ada/paint", "--json").stdout)
    assert told in found.problem
    assert advice in found.advice[0]
    assert shown.exit_code == 1
    assert advice in shown.stdout
    assert document["problem"] == found.problem


def test_an_app_that_is_not_there_or_wants_a_login_is_told(hub):
    """Whose login is wanted is said, too."""
    found = anyspace.examine("http://127.0.0.1:9")
    assert "no connection" in found.problem
    assert "network" in found.advice[0]
    with FakeSpace({"/echo": lambda text: text}, auth=("ada", "pw")) as app:
        locked = anyspace.examine(app.url, token=TOKEN)
        opened = anyspace.examine(app.url, auth=("ada", "pw"))
    assert "login" in locked.problem
    assert locked.advice == ("if the app has a login of its own: --auth USER:PASSWORD",)
    assert opened.problem == ""


def test_a_shared_gpu_without_a_login_is_warned_of(hub, monkeypatch):
    """And a quota that is used up."""
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    with FakeSpace([DRAW]) as app:
        hub.add("ada/paint", app.url, hardware="zero-a10g")
        assert "hf auth login" in anyspace.examine("ada/paint").advice[0]
        hub.quotas["ada"] = {"base": 300, "current": 0, "resetsAt": "2026-08-01T10:00:00Z"}
        assert "resets at 10:00" in anyspace.examine("ada/paint", token=TOKEN).advice[0]
        hub.answer("/api/spaces/zero-gpu/quota", 500, {})
        assert anyspace.examine("ada/paint", token=TOKEN).quota is None


def test_what_is_neither_a_space_nor_an_address_is_refused():
    """Before anything is asked."""
    with pytest.raises(anyspace.UsageError):
        anyspace.examine("no such thing")
