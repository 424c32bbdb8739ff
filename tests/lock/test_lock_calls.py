"""Calls of a Space that was locked, and changed since. The Spaces are fakes, the wire is real."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import anyspace
from anyspace import AsyncClient, Client, ContractError, ContractWarning, UsageError
from anyspace.cli import main
from anyspace.hub import forget_spaces
from anyspace.lock import LOCK_NAME
from anyspace.testing import FakeFile, FakeHub, FakeSpace
from tests.client.support import JOIN


def infer(prompt: str, steps: int = 4) -> str:
    """What was locked."""
    return f"{prompt} in {steps} steps"


def moved(steps: int = 4, prompt: str = "") -> str:
    """The same with its arguments in another order."""
    return f"{prompt} in {steps} steps"


def grown(seed: int, prompt: str, steps: int = 4) -> str:
    """The same with one more that has no default."""
    return f"{prompt} in {steps} steps from {seed}"


def poor(prompt: str) -> str:
    """The same without steps."""
    return prompt


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with nothing in it, to work in."""
    monkeypatch.delenv("ANYSPACE_LOCK", raising=False)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def hub(here):
    """A Hub whose one Space is an app of one endpoint."""
    with FakeHub() as hub, FakeSpace({"/infer": infer}) as app:
        hub.add("ada/paint", app.url)
        yield hub


@pytest.fixture
def become(hub):
    """Let the Space have other endpoints; gives its app."""
    apps = []

    def change(**endpoints):
        app = FakeSpace({f"/{name}": function for name, function in endpoints.items()})
        app.__enter__()
        apps.append(app)
        hub.add("ada/paint", app.url)
        forget_spaces()
        return app

    yield change
    for app in apps:
        app.__exit__(None, None, None)


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def nothing_was_sent(app):
    return app.received(JOIN) == []


# --- from Python ------------------------------------------------------------------------


def test_a_space_that_is_as_it_was_is_called_as_ever(hub):
    """No word of the lock."""
    report = anyspace.lock_space("ada/paint")
    assert (report.written, report.known, report.endpoints) == (True, False, 1)
    with Client("ada/paint") as client:
        assert client.predict("a fox", 8) == "a fox in 8 steps"
        assert client.contract.comparison.changes == ()
        assert client.endpoint("infer").name == "/infer"


def test_a_renamed_endpoint_is_followed_and_told(hub, become):
    """By the old name and by the new one; once for each client."""
    anyspace.lock_space("ada/paint")
    become(run=infer)
    with Client("ada/paint") as client:
        with pytest.warns(ContractWarning, match="/infer is called /run now"):
            assert client.predict("a fox", api_name="/infer") == "a fox in 4 steps"
        assert client.predict("a fox", api_name="/run") == "a fox in 4 steps"


def test_arguments_that_moved_go_where_they_belong(hub, become):
    """By position, as the lock has them."""
    anyspace.lock_space("ada/paint")
    become(infer=moved)
    with Client("ada/paint") as client, pytest.warns(ContractWarning, match="another order"):
        assert client.predict("a fox", 8) == "a fox in 8 steps"


def test_what_would_break_is_stopped_before_anything_is_sent(hub, become):
    """With what changed, and how to accept it."""
    anyspace.lock_space("ada/paint")
    app = become(infer=grown)
    with Client("ada/paint") as client:
        with pytest.raises(ContractError) as caught:
            client.predict("a fox")
        assert nothing_was_sent(app)
        assert caught.value.changes == ("/infer: seed is new and has no default",)
        assert "`anyspace lock ada/paint --update`" in str(caught.value)
        assert client.predict("a fox", seed=7) == "a fox in 4 steps from 7"


def test_an_endpoint_that_is_gone_is_stopped(hub, become):
    """Nothing took its place for certain."""
    anyspace.lock_space("ada/paint")
    app = become(paint=poor)
    with Client("ada/paint") as client:
        for name in ("/infer", "/paint"):
            with pytest.raises(ContractError, match="steps is gone"):
                client.predict("a fox", api_name=name)
    assert nothing_was_sent(app)


def test_what_was_accepted_is_the_contract_from_then_on(hub, become):
    """``mode="update"``; ``"add"`` only looks."""
    anyspace.lock_space("ada/paint")
    become(infer=poor)
    looked = anyspace.lock_space("ada/paint")
    assert (looked.written, looked.safe) == (False, False)
    assert [str(change) for change in looked.changes] == ["/infer: steps is gone"]
    taken = anyspace.lock_space("ada/paint", mode="update")
    assert (taken.written, taken.safe, len(taken.changes)) == (True, True, 1)
    assert Client("ada/paint").predict("a fox") == "a fox"


def test_a_lock_can_be_named_or_left_aside(hub, become, here):
    """For one client; one that is named has to have the Space."""
    anyspace.lock_space("ada/paint", here / "other.toml")
    become(infer=poor)
    assert Client("ada/paint").predict("a fox") == "a fox"
    with pytest.raises(ContractError):
        Client("ada/paint", lock=here / "other.toml").predict("a fox", 8)
    (here / "other.toml").rename(LOCK_NAME)
    assert Client("ada/paint", lock=False).predict("a fox") == "a fox"
    with FakeSpace({"/infer": infer}) as other:
        assert Client(other.url).contract is None
        with pytest.raises(UsageError, match=r"has no http.*`anyspace lock http"):
            Client(other.url, lock=LOCK_NAME)


async def test_a_lock_that_is_none_is_told_before_anything_is_asked(here):
    """Ours: a typing error costs no request."""
    async with FakeSpace({"/infer": infer}) as app:
        with pytest.raises(UsageError, match="there is no lock file"):
            await AsyncClient(app.url, lock="gone.toml").connect()
        (here / LOCK_NAME).write_text("format = 7")
        with pytest.raises(UsageError, match="is no lock file"):
            await AsyncClient(app.url).connect()
        assert app.requests == []


async def test_an_app_that_restarts_is_held_to_the_lock_again(here):
    """What answers now is what counts, in the middle of a client's life."""
    async with FakeSpace({"/infer": infer}, config={"app_id": 1}) as app:
        await anyspace.async_lock_space(app.url)
        async with AsyncClient(app.url) as client:
            assert await client.predict("a fox", 8) == "a fox in 8 steps"
            other = FakeSpace({"/infer": poor}, config={"app_id": 2})
            app.config, app.info = {**other.config, "root": app.config.get("root")}, other.info
            client._connection.pulse.doubt()
            with pytest.raises(ContractError, match="steps is gone"):
                await client.predict("a fox", 8)


def test_tasks_are_held_to_the_lock_too(hub, become):
    """`anyspace.text_to_image` and its like, whatever endpoint they find."""

    def paint(prompt: str, steps: int = 4) -> FakeFile:
        return FakeFile("fox.png", b"\x89PNG")

    def paint_in(prompt: str, style: str) -> FakeFile:
        return FakeFile("fox.png", b"\x89PNG")

    become(infer=paint)
    anyspace.lock_space("ada/paint")
    app = become(draw=paint_in)
    with pytest.raises(ContractError, match=r"/draw of ada/paint is not in the lock"):
        anyspace.text_to_image("a fox", model="ada/paint", extra_body={"style": "oil"})
    assert nothing_was_sent(app)


def test_settings_may_name_the_endpoint_by_its_name_in_the_lock(hub, become, here):
    """``anyspace.toml`` was written when it was called so."""

    def say(message: str) -> str:
        return message.upper()

    become(chat=say, other=infer)
    anyspace.lock_space("ada/paint")
    become(talk=say, other=infer)
    settings = '[recipes."ada/paint".text-generation]\nendpoint = "/chat"\n'
    (here / "anyspace.toml").write_text(settings)
    with pytest.warns(ContractWarning, match="/chat is called /talk now"):
        assert anyspace.text_generation("hello", model="ada/paint") == "HELLO"


# --- on the command line ----------------------------------------------------------------


def test_the_command_adds_checks_and_updates(hub, become, here):
    """Exit code 1 is for CI: calls would break."""
    assert run("lock", "--check").exit_code == 2
    added = run("lock", "ada/paint")
    assert added.exit_code == 0
    assert added.stdout == f"✓ ada/paint: 1 endpoint locked in {LOCK_NAME}\n"
    same = run("lock", "--check")
    assert (same.exit_code, same.stdout) == (0, "✓ ada/paint: 1 endpoint, as they were locked\n")
    become(infer=moved, more=poor)
    harmless = run("lock", "--check")
    assert harmless.exit_code == 0
    assert "ada/paint has changed, and calls go on as before" in harmless.stdout
    assert "/more is new" in harmless.stdout
    become(infer=poor)
    before = (here / LOCK_NAME).read_text()
    for words in (["lock", "--check"], ["lock", "ada/paint"], ["lock", "ada/paint", "--check"]):
        broken = run(*words)
        assert broken.exit_code == 1
        assert "✗ /infer: steps is gone" in broken.stdout
        assert "anyspace lock ada/paint --update" in broken.stdout
    assert (here / LOCK_NAME).read_text() == before
    assert "locked anew" in run("lock", "ada/paint", "--update").stdout
    assert run("lock", "--check").exit_code == 0


def test_the_command_speaks_json(hub, become):
    """Each change with whom it harms."""
    run("lock", "ada/paint")
    become(infer=poor)
    (told,) = json.loads(run("lock", "--check", "--json").stdout)
    assert (told["source"], told["safe"], told["written"]) == ("ada/paint", False, False)
    assert told["changes"] == [
        {
            "endpoint": "/infer",
            "parameter": "steps",
            "text": "is gone",
            "harms": "who gives it",
        }
    ]


def test_what_is_not_in_the_lock_cannot_be_checked(hub):
    """Nor both be done at once."""
    run("lock", "ada/paint")
    unknown = run("lock", "bob/sing", "--check")
    assert unknown.exit_code == 2
    assert "`anyspace lock bob/sing` adds it" in unknown.stderr
    assert run("lock", "ada/paint", "--check", "--update").exit_code == 2


def test_calls_on_the_command_line_are_held_to_the_lock(hub, become, here):
    """With notes where they are carried, and 3 where they are stopped."""
    run("lock", "ada/paint", "--lock", "other.toml")
    become(draw=moved)
    free = run("call", "ada/paint", "/draw", 8, "a fox")
    assert (free.stdout, free.stderr) == ("a fox in 8 steps\n", "")
    kept = run("call", "ada/paint", "/infer", "a fox", 8, "--lock", "other.toml")
    assert kept.stdout == "a fox in 8 steps\n"
    assert kept.stderr.startswith("note: ada/paint has changed since it was locked, without harm: ")
    become(draw=poor)
    stopped = run("call", "ada/paint", "/infer", "a fox", "--lock", "other.toml")
    assert stopped.exit_code == 3
    assert stopped.stderr.startswith("anyspace: ada/paint has changed since it was locked; nothing")
    (here / "other.toml").rename(LOCK_NAME)
    assert run("call", "ada/paint", "/draw", "a fox").exit_code == 3
    assert run("call", "ada/paint", "/draw", "a fox", "--no-lock").stdout == "a fox\n"
