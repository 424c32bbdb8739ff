"""Calls without a queue of the client's own: ``/call``, ``/call/v2``, ``/run``, ``/api``."""

from __future__ import annotations

import msgspec
import pytest

from anyspace.testing import FakeSpace
from tests.client.support import CANCEL, endless, until
from tests.gateway.gradio.serving import API, serving


async def told(gateway, path):
    """The named events of a job."""
    async with gateway.http.get(f"{gateway.at('m')}{path}") as answer:
        assert answer.status == 200, await answer.text()
        text = (await answer.read()).decode()
    pairs = [block.split("\n") for block in text.split("\n\n") if block]
    return [
        (name.removeprefix("event: "), msgspec.json.decode(data.removeprefix("data: ")))
        for name, data in pairs
    ]


def count(limit: int, word: str = "w"):
    for number in range(int(limit)):
        yield f"{word}{number}"


def fail(text: str) -> str:
    raise RuntimeError(text)


@pytest.fixture
async def gateway():
    """A Space that counts, fails, or never ends."""
    with FakeSpace({"/count": count, "/fail": fail, "/endless": endless}) as space:
        async with serving({"m": space.url}) as served:
            served.space = space
            yield served


@pytest.mark.parametrize("prefix", [API, ""])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/call/count", {"data": [2, "n"]}),
        ("/call/v2/count", {"limit": 2, "word": "n"}),
    ],
)
async def test_call_tells_whole_outputs_by_name_of_event(gateway, prefix, path, body):
    """Two requests by hand, as `curl` makes them; values in order, or by name (6.13)."""
    event = (await gateway.post("m", f"{prefix}{path}", body))["event_id"]
    assert await told(gateway, f"{prefix}{path}/{event}") == [
        ("generating", ["n0"]),
        ("generating", ["n1"]),
        ("complete", ["n1"]),
    ]


async def test_what_is_left_out_has_its_default(gateway):
    """By position and by name."""
    for path, body in (("/call/count", {"data": [1]}), ("/call/v2/count", {"limit": 1})):
        event = (await gateway.post("m", f"{API}{path}", body))["event_id"]
        assert (await told(gateway, f"{API}{path}/{event}"))[-1] == ("complete", ["w0"])


async def test_call_says_why_a_job_failed(gateway):
    """Before 6.13 Gradio's own servers said nothing."""
    event = (await gateway.post("m", f"{API}/call/fail", {"data": ["no paint"]}))["event_id"]
    ((name, said),) = await told(gateway, f"{API}/call/fail/{event}")
    assert (name, said["error"], said["title"]) == ("error", "no paint", "Error")


async def test_a_posted_session_is_no_trap(gateway):
    """Before 6.18 it made the second request end with "404" (PROTOCOL 1.5)."""
    body = {"data": [1], "session_hash": "mine"}
    event = (await gateway.post("m", f"{API}/call/count", body))["event_id"]
    assert (await told(gateway, f"{API}/call/count/{event}"))[-1] == ("complete", ["w0"])


async def test_a_call_that_nobody_knows_is_not_found(gateway):
    """Its name cannot be guessed."""
    async with gateway.http.get(f"{gateway.at('m')}{API}/call/count/nothing") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    "path", [f"{API}/run/count", f"{API}/api/count", "/run/count", "/api/count"]
)
async def test_run_waits_for_the_result(gateway, path):
    """As 3.x; open here for every endpoint."""
    said = await gateway.post("m", path, {"data": [3]})
    assert (said["data"], said["is_generating"]) == (["w2"], False)


async def test_run_takes_a_number_for_the_name(gateway):
    """`/run/predict` with a `fn_index`, as pages of 3.x did."""
    number = await gateway.number_of("m", "/count")
    said = await gateway.post("m", "/run/predict", {"data": [1], "fn_index": number})
    assert said["data"] == ["w0"]


async def test_run_says_why_it_failed(gateway):
    """With 500, as Gradio."""
    said = await gateway.post("m", f"{API}/run/fail", {"data": ["no paint"]}, 500)
    assert said == {"error": "no paint"}


async def test_who_does_not_wait_for_run_cancels_it(gateway):
    """On the Space, too."""
    import asyncio

    asking = asyncio.create_task(gateway.post("m", f"{API}/run/endless", {"data": ["x"]}))
    await until(lambda: gateway.space.running == 1)
    asking.cancel()
    await until(lambda: gateway.space.running == 0)
    assert len(gateway.space.received(CANCEL)) == 1


async def test_endpoints_are_described_and_all_of_them_when_asked(gateway):
    """And whether the app is still the same, which clients ask after a break."""
    info = await gateway.get("m", f"{API}/info")
    assert set(info["named_endpoints"]) == {"/count", "/fail", "/endless"}
    assert await gateway.get("m", "/info", params={"all_endpoints": "true"}) == info
    assert await gateway.get("m", f"{API}/app_id") == {"app_id": 0}
    config = await gateway.get("m", "/config")
    assert (config["protocol"], config["api_prefix"], config["version"]) == (
        "sse_v3",
        API,
        "6.31.0",
    )
    assert config["root"] == gateway.at("m")
