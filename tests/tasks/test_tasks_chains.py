"""Tasks that take several calls: made in one session, and handed on from call to call."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from anyspace import AppError, ArgumentError, AsyncClient, Output
from anyspace.tasks import Preview, run_task, submit_task
from anyspace.testing import FakeEndpoint, FakeFile, FakeSpace

Picture = Annotated[FakeFile, "image"]
CAT = b"\x89PNG cat"


kept: list[bytes] = []


def cut(input_image: Picture, remove_background: bool = True) -> Picture:
    return FakeFile("cut.png", input_image.content + b" cut")


def views(processed: Picture, sample_steps: int = 30, sample_seed: int = 42) -> Any:
    kept.append(processed.content + b" %d %d" % (sample_steps, sample_seed))
    return FakeFile("views.png", b"\x89PNG"), None


def solid(state: Any) -> Any:
    yield None
    yield FakeFile("cat.glb", kept[-1] + b" solid")


def mesher(views: Any = views) -> FakeSpace:
    """A page whose button cuts a picture out, makes views of it, and a solid of those."""
    mesh = [{"type": "model3d", "label": "GLB"}]
    made = FakeSpace(
        [
            FakeEndpoint(name="/preprocess", function=cut),
            FakeEndpoint(name="/generate_views", function=views, outputs=["image", "state"]),
            FakeEndpoint(name="/make3d", function=solid, inputs=["state"], outputs=mesh),
        ]
    )
    first, second, third = made.config["dependencies"]
    # The page's own wiring: what one step shows or keeps, the next one takes, and runs after it.
    second["inputs"][0], third["inputs"][0] = first["outputs"][0], second["outputs"][1]
    first["targets"] = [[1, "click"]]
    second["trigger_after"], third["trigger_after"] = 0, 1
    for step in (second, third):
        step["targets"] = [[None, "then"]]
    return made


async def test_the_calls_of_a_chain_share_a_session():
    """Each is handed what the one before returned; the fields go to the step that has them."""
    async with mesher() as app, AsyncClient(app.url) as client:
        values = {"image": CAT, "seed": 7, "num_inference_steps": 50}
        made = await run_task(client, "image-to-3d", values)
        joins = [request.json() for request in app.received(f"{app.prefix}/queue/join")]
        assert await made.files[0].read() == CAT + b" cut 50 7 solid"
    assert [call.endpoint for call in made.calls] == ["/preprocess", "/generate_views", "/make3d"]
    assert len({join["session_hash"] for join in joins}) == 1
    assert made.calls[1].arguments["sample_seed"] == 7
    assert made.value is made.files[0]
    assert made.notes == ()


async def test_only_the_last_call_shows_the_result_on_its_way():
    """A picture between the steps is no preview of a solid; its `Output` is told all the same."""
    seen: list[Any] = []
    async with mesher() as app, AsyncClient(app.url) as client:
        await run_task(client, "image-to-3d", {"image": CAT}, on_update=seen.append)
    previews = [update for update in seen if isinstance(update, Preview)]
    assert [[file.name for file in preview.files] for preview in previews] == [["cat.glb"]]
    assert len([update for update in seen if isinstance(update, Output)]) == 4


async def test_a_chain_is_checked_as_a_whole_before_anything_is_sent():
    """What is wrong with the second step is known before the first has run."""
    async with mesher() as app, AsyncClient(app.url) as client:
        values = {"image": CAT, "num_inference_steps": "many"}
        with pytest.raises(ArgumentError, match=r"num_inference_steps \(sent as `sample_steps`\)"):
            await submit_task(client, "image-to-3d", values)
        assert app.received(f"{app.prefix}/queue/join") == []


async def test_a_step_that_fails_fails_the_task():
    """The steps after it are not made."""

    def broken(processed: Picture, sample_steps: int = 30, sample_seed: int = 42) -> Any:
        raise ValueError("no views")

    async with mesher(views=broken) as app, AsyncClient(app.url) as client:
        with pytest.raises(AppError, match="no views"):
            await run_task(client, "image-to-3d", {"image": CAT})
        assert len(app.received(f"{app.prefix}/queue/join")) == 2


async def test_a_client_that_keeps_its_state_runs_a_chain_in_its_own_session():
    """What the steps leave there is what its later calls find."""
    async with mesher() as app, AsyncClient(app.url, session=True) as client:
        await run_task(client, "image-to-3d", {"image": CAT})
        own = client.session_hash
        joins = [request.json() for request in app.received(f"{app.prefix}/queue/join")]
    assert {join["session_hash"] for join in joins} == {own}


async def test_other_calls_meanwhile_keep_to_their_own_sessions():
    """A session is lent for the chain only."""
    async with mesher() as app, AsyncClient(app.url) as client:
        await run_task(client, "image-to-3d", {"image": CAT})
        assert client.session_hash == ""
        await run_task(client, "image-to-3d", {"image": CAT})
        joins = [request.json() for request in app.received(f"{app.prefix}/queue/join")]
    assert len({join["session_hash"] for join in joins}) == 2
