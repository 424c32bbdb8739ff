"""The shapes of a task: methods, blocking methods, functions; and what theirs look like."""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
import re
import subprocess
import sys
import threading
import typing
from pathlib import Path
from typing import Annotated, Any

import pytest
from huggingface_hub import AsyncInferenceClient, InferenceClient

import anyspace
from anyspace import AsyncTaskClient, SpaceError, TaskClient, UsageError
from anyspace.recipes import task_names
from anyspace.testing import FakeFile, FakeSpace

METHODS = sorted(
    name
    for name in dir(AsyncTaskClient)
    if not name.startswith("_") and inspect.iscoroutinefunction(getattr(AsyncTaskClient, name))
    if name != "aclose"
)
OURS = {
    "document_ocr",
    "image_to_3d",
    "image_upscaling",
    "inpainting",
    "remove_background",
    "text_to_audio",
}
# Theirs, and no task of ours: classifiers and the like, and what is asked of an endpoint.
NOT_OURS = {
    "audio_classification",
    "fill_mask",
    "get_endpoint_info",
    "health_check",
    "image_classification",
    "object_detection",
    "question_answering",
    "sentence_similarity",
    "table_question_answering",
    "tabular_classification",
    "tabular_regression",
    "text_classification",
    "token_classification",
    "zero_shot_classification",
    "zero_shot_image_classification",
}


def names_of(function: Any) -> list[str]:
    """The parameters of a function, with those of its ``**options`` written out."""
    names = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD:
            names.append(parameter.name)
            continue
        module = sys.modules["anyspace.tasks._options"]
        (kind,) = typing.get_args(eval(parameter.annotation, vars(module) | vars(typing)))
        names += list(kind.__annotations__)
    return [name for name in names if name != "self"]


# Their surface of today is the one ours follows; a lowest version that is admitted has another.
of_today = pytest.mark.skipif(
    not hasattr(InferenceClient, "image_to_video"), reason="an InferenceClient of before 0.35"
)

# --- the hub's ----------------------------------------------------------------------


@of_today
def test_every_method_is_theirs_or_known_to_be_ours():
    """A new one over there fails here, and has to be made or written down."""
    theirs = {
        name
        for name, value in vars(InferenceClient).items()
        if inspect.isfunction(value) and not name.startswith("_") and name != "close"
    }
    assert theirs - set(METHODS) == NOT_OURS
    assert set(METHODS) - theirs == OURS


def test_every_task_has_a_method():
    """By its pipeline tag."""
    assert {name.replace("-", "_") for name in task_names()} <= set(METHODS)


@of_today
@pytest.mark.parametrize("name", sorted(set(METHODS) - OURS))
def test_parameters_are_named_and_ordered_as_theirs(name):
    """So that moving over is an import; ours come behind."""
    theirs = [
        parameter
        for parameter in inspect.signature(getattr(InferenceClient, name)).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD and parameter.name != "self"
    ]
    mine = names_of(getattr(TaskClient, name))
    assert [parameter.name for parameter in theirs if parameter.name not in mine] == []
    order = [n for n in mine if n in {parameter.name for parameter in theirs}]
    assert order == [parameter.name for parameter in theirs]
    own = inspect.signature(getattr(TaskClient, name)).parameters
    for parameter in theirs:
        if parameter.name in own:
            assert own[parameter.name].kind is parameter.kind
            assert own[parameter.name].default is parameter.default


@of_today
@pytest.mark.parametrize("name", sorted(set(METHODS) - OURS))
def test_results_are_of_the_classes_that_theirs_are(name):
    """So that what is done with a result stays as it is; streams are of the same items."""
    kinds = r"\b(?:\w+Output\w*|str|bytes|list|ndarray|Image)\b"
    mine, theirs = (
        set(re.findall(kinds, inspect.formatannotation(signature.return_annotation)))
        for signature in map(inspect.signature, (getattr(k, name) for k in _BOTH))
    )
    assert mine == theirs != set()


_BOTH = (AsyncTaskClient, AsyncInferenceClient)


def test_clients_are_made_as_theirs():
    """Of what makes sense for Spaces."""
    theirs = set(inspect.signature(InferenceClient.__init__).parameters)
    shared = {"self", "model", "token", "timeout", "headers"}
    assert theirs & set(inspect.signature(TaskClient.__init__).parameters) == shared
    assert hasattr(AsyncInferenceClient, "chat")


# --- one signature, four shapes -----------------------------------------------------


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_written_once(name):
    """The rest is derived, with its signature and its docstring."""
    method = getattr(AsyncTaskClient, name)
    whole = inspect.signature(method)
    assert inspect.signature(getattr(TaskClient, name)) == whole
    bare = whole.replace(parameters=list(whole.parameters.values())[1:])
    for function in (getattr(anyspace, name), getattr(anyspace, f"async_{name}")):
        assert inspect.signature(function) == bare
        assert function.__doc__ == method.__doc__
        assert "Args:" in (function.__doc__ or "")
    assert getattr(TaskClient, name).__doc__ == method.__doc__
    assert getattr(anyspace, name).__name__ == name
    assert getattr(anyspace, f"async_{name}").__name__ == f"async_{name}"
    assert inspect.iscoroutinefunction(getattr(anyspace, f"async_{name}"))


def test_both_clients_have_the_same_names_and_are_made_alike():
    """Ours: parity is a test."""
    both = [
        {name for name in dir(kind) if not name.startswith("_")} - {"close", "aclose", "model"}
        for kind in (TaskClient, AsyncTaskClient)
    ]
    assert both[0] == both[1]
    mine, theirs = (inspect.signature(k.__init__) for k in (TaskClient, AsyncTaskClient))
    assert mine == theirs != set()
    assert "create" in dir(TaskClient("x/y").chat.completions)


def test_the_page_on_tasks_names_every_method():
    """Ours: what has no words there cannot be found."""
    page = (Path(__file__).parents[2] / "docs" / "tasks.md").read_text()
    assert [name for name in METHODS if f"`{name}`" not in page] == []


def test_every_argument_is_documented():
    """Those of the options, too, each where it is declared."""
    for name in METHODS:
        method = getattr(AsyncTaskClient, name)
        for parameter in list(inspect.signature(method).parameters)[1:]:
            assert f"            {parameter}: " in method.__doc__, f"{name}: {parameter}"
    options = vars(sys.modules["anyspace.tasks._options"])
    kinds = [value for key, value in options.items() if key.endswith("Options")]
    told = {key for kind in kinds for key in re.findall(r"^ {8}(\w+): ", kind.__doc__, re.M)}
    assert told == {key for kind in kinds for key in kind.__annotations__}


# --- connections --------------------------------------------------------------------


def infer(prompt: str) -> Annotated[FakeFile, "image"]:
    return FakeFile("a.png", _PICTURE)


_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8"
    "cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def test_calls_of_a_space_share_its_connection():
    """Ours: it is described once."""
    with FakeSpace({"/infer": infer}) as app, TaskClient(app.url) as client:
        for _ in range(3):
            client.text_to_image("a")
        threads = [threading.Thread(target=client.text_to_image, args=("b",)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert len(app.received("/config")) == 1
        assert len(app.received(f"{app.prefix}/queue/join")) == 7


def test_another_space_may_be_named_for_a_call():
    """The client's own is for those that name none."""
    with FakeSpace({"/infer": infer}) as one, FakeSpace({"/infer": infer}) as other:
        with TaskClient(one.url) as client:
            client.text_to_image("a", model=other.url)
            assert one.requests == []
            assert client.model == one.url
            assert one.url in repr(client)


def test_a_space_has_to_be_named():
    """There is no model that is meant when none is."""
    with TaskClient() as client, pytest.raises(UsageError, match="say which Space"):
        client.text_to_image("a")
    assert repr(client) == "<TaskClient of any Space>"


def test_a_closed_client_makes_no_connection():
    """As for other clients."""
    client = TaskClient("http://127.0.0.1:1")
    client.close()
    with pytest.raises(UsageError, match="closed"):
        client.text_to_image("a")


def test_a_space_that_could_not_be_reached_is_tried_anew():
    """It may be there the next time."""
    with FakeSpace({"/infer": infer}) as app, TaskClient(app.url) as client:
        app.answer("GET", "/config", 500)
        with pytest.raises((SpaceError, anyspace.AnyspaceError)):
            client.text_to_image("a")
        assert client._client._clients == {}
        app._answers.clear()
        assert client.text_to_image("a").size == (1, 1)


def test_a_forgotten_client_is_closed():
    """Not at the end of the program only."""
    with FakeSpace({"/infer": infer}) as app:
        client = TaskClient(app.url)
        client.text_to_image("a")
        inner = client._client
        del client
        gc.collect()
        for _ in range(1000):
            if inner._closed and not inner._clients:
                break
            threading.Event().wait(0.01)
        assert inner._closed


def test_a_client_left_open_ends_with_the_program():
    """Without a word on stderr."""
    code = (
        "import sys, anyspace\n"
        "client = anyspace.TaskClient(sys.argv[1])\n"
        "print(client.text_to_image('a').size)\n"
    )
    with FakeSpace({"/infer": infer}) as app:
        path = {"PYTHONPATH": str(Path(anyspace.__path__[0]).parent), "PYTHONWARNINGS": "error"}
        command = [sys.executable, "-c", code, app.url]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, env=os.environ | path, check=False
        )
    assert (done.stdout, done.stderr) == ("(1, 1)\n", "")


def test_a_function_closes_its_connections_when_it_fails():
    """Nothing is left open; with ResourceWarnings as errors this would show."""

    def broken(prompt: str) -> Annotated[FakeFile, "image"]:
        raise ValueError("no ink")

    with FakeSpace({"/infer": broken}) as app:
        with pytest.raises(anyspace.AppError, match="no ink"):
            anyspace.text_to_image("a", model=app.url)


def test_a_client_does_not_survive_a_fork():
    """Its connections belong to the process that made them."""
    with FakeSpace({"/infer": infer}) as app, TaskClient(app.url) as client:
        client._pid += 1
        with pytest.raises(UsageError, match="fork"):
            client.text_to_image("a")
        client.close()
        assert not client._client._closed
        client._pid -= 1


def test_a_function_works_within_a_running_loop():
    """As in a notebook: never the caller's loop does the work."""

    async def cell(url: str) -> Any:
        return anyspace.text_to_image("a", model=url)  # blocking, on purpose

    with FakeSpace({"/infer": infer}) as app:
        assert asyncio.run(cell(app.url)).size == (1, 1)
