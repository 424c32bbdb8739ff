"""The names and signatures of gradio_client, one by one."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from concurrent.futures import CancelledError, Future

import pytest

import anyspace
from anyspace.compat import gradio_client as ours
from anyspace.compat.gradio_client import client, data_classes, exceptions, utils
from anyspace.compat.gradio_client._failures import JobCancelled, QuotaExceeded, translated
from anyspace.compat.gradio_client._status import LogNote

gradio_client = pytest.importorskip("gradio_client")
pytest.importorskip("gradio_client.client")


def test_what_it_exports_is_here():
    """And the version says whose names they are: the judge that the tests run with."""
    assert set(gradio_client.__all__) <= set(ours.__all__)
    assert ours.__version__ == gradio_client.__version__


def test_its_exceptions_are_here():
    """Each an exception of the same family."""
    for name, theirs in vars(gradio_client.exceptions).items():
        if inspect.isclass(theirs):
            assert issubclass(getattr(exceptions, name), ValueError)
    for name in ("QueueError", "TooManyRequestsError", "InvalidAPIEndpointError"):
        assert issubclass(getattr(utils, name), anyspace.AnyspaceError)


@pytest.mark.parametrize("method", ["__init__", "predict", "submit", "view_api", "duplicate"])
def test_its_methods_take_the_same_arguments(method):
    """Names, order, kinds and defaults; ours take keywords of older versions besides."""
    theirs = inspect.signature(getattr(gradio_client.Client, method)).parameters
    mine = inspect.signature(getattr(ours.Client, method)).parameters
    assert [name for name in mine if name != "older"] == list(theirs)
    for name, parameter in theirs.items():
        if name != "self":
            assert (mine[name].kind, mine[name].default) == (parameter.kind, parameter.default)


def test_its_public_methods_are_here():
    """Except what its own parts call."""
    internal = {"new_helper", "send_data", "stream_messages", "add_zero_gpu_headers"}
    theirs = {name for name in vars(gradio_client.Client) if not name.startswith("_")}
    assert theirs - internal <= set(dir(ours.Client))
    theirs = {name for name in vars(gradio_client.client.Job) if not name.startswith("_")}
    assert theirs <= set(dir(ours.Job))
    assert issubclass(client.Job, Future)
    assert gradio_client.client.DEFAULT_TEMP_DIR == client.DEFAULT_TEMP_DIR


@pytest.mark.parametrize("name", ["StatusUpdate", "OutputUpdate", "ProgressUnit"])
def test_its_forms_have_the_same_fields(name):
    """In the same order, because programs unpack them."""
    theirs, mine = getattr(gradio_client.utils, name), getattr(utils, name)
    assert [(f.name, f.default) for f in dataclasses.fields(mine)] == [
        (f.name, f.default) for f in dataclasses.fields(theirs)
    ]


def test_its_words_for_states_are_here():
    """With the same values; ordered, where the judge fails for LOG."""
    assert {s.name: s.value for s in utils.Status} == {
        s.name: s.value for s in gradio_client.utils.Status
    }
    assert sorted([utils.Status.FINISHED, utils.Status.LOG, utils.Status.STARTING]) == [
        utils.Status.STARTING,
        utils.Status.LOG,
        utils.Status.FINISHED,
    ]
    assert utils.Status.ordering(utils.Status.STARTING) == 0
    with pytest.raises(TypeError):
        assert utils.Status.LOG < 3


@pytest.mark.parametrize("name", ["FileData", "ParameterInfo"])
def test_its_shapes_are_here(name):
    """Typed dictionaries of the same keys."""
    theirs, mine = getattr(gradio_client.data_classes, name), getattr(data_classes, name)
    assert mine.__annotations__.keys() == theirs.__annotations__.keys()
    assert mine.__required_keys__ == theirs.__required_keys__


def test_a_file_is_marked_as_it_is_there(tmp_path):
    """Paths and URLs; what is neither is a `ValueError`."""
    path = tmp_path / "first file.csv"
    path.write_text("1")
    for given in (path, str(path), "https://example.com/a/fox.png"):
        assert ours.handle_file(given) == gradio_client.handle_file(given)
    for each in (ours, gradio_client):
        with pytest.raises(ValueError, match="nowhere does not exist on local filesystem"):
            each.handle_file("nowhere")
    with pytest.warns(DeprecationWarning, match="handle_file"):
        assert ours.file(path) == ours.handle_file(path)


@pytest.mark.parametrize(
    "value",
    [None, "x", {}, {"path": 1}, {"path": "x"}, {"path": "x", "meta": {}}]
    + [{"path": "x", "meta": {"_type": "gradio.FileData"}, **more} for more in ({}, {"url": "u"})],
)
def test_files_are_told_as_they_are_there(value):
    """The three questions of `gradio_client.utils`."""
    for name in ("is_file_obj", "is_file_obj_with_meta", "is_file_obj_with_url"):
        assert getattr(utils, name)(value) == getattr(gradio_client.utils, name)(value)
    assert utils.is_http_url_like(value) == gradio_client.utils.is_http_url_like(value)


# --- errors ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "families"),
    [
        (anyspace.AppError("x"), [ValueError]),
        (anyspace.QuotaExceeded("x", retry_after=3), [ValueError, exceptions.AppError]),
        (anyspace.ArgumentError("x", problems=["a: bad"]), [ValueError]),
        (anyspace.AuthenticationError("x"), [ValueError, exceptions.AuthenticationError]),
        (anyspace.SpaceNotFound("x"), [ValueError]),
        (anyspace.SpaceUnavailable("x", stage="PAUSED"), [ValueError]),
        (anyspace.NotGradio("x"), [ValueError]),
        (anyspace.UnknownEndpoint("x"), [ValueError]),
        (anyspace.UnsupportedGeneration("x"), [ValueError]),
        (anyspace.FileError("x"), [ValueError]),
        (anyspace.QueueFull("x"), [utils.QueueError]),
        (anyspace.RateLimited("x", retry_after=2), [utils.TooManyRequestsError]),
        (anyspace.JobCancelled("x"), [CancelledError]),
        (anyspace.StreamBroken("x"), []),
    ],
)
def test_an_error_is_of_both_families(error, families):
    """It keeps what it knows, and can be copied and sent to another process."""
    error.space, error.endpoint = "ada/paint", "/infer"
    error.__cause__ = OSError("why")
    twin = translated(error)
    for family in (type(error), *families):
        assert isinstance(twin, family)
    assert (twin.space, twin.endpoint, twin.__cause__) == ("ada/paint", "/infer", error.__cause__)
    for name in ("retry_after", "stage", "problems"):
        assert getattr(twin, name, None) == getattr(error, name, None)
    for copied in (copy.copy(twin), pickle.loads(pickle.dumps(twin))):
        assert (type(copied), str(copied), vars(copied)) == (type(twin), str(twin), vars(twin))


def test_a_hidden_error_says_what_to_do():
    """The judge's own words for ``show_error=False``."""
    twin = translated(anyspace.AppError("", space="x", endpoint="/y"))
    assert str(twin).endswith("To enable, set show_error=True in launch().")
    assert translated(anyspace.AppError("no", title="Oh")).title == "Oh"


def test_its_error_is_made_with_its_own_arguments():
    """Programs raise it themselves in tests."""
    theirs = gradio_client.exceptions.AppError("x", duration=3, visible=False, title="T")
    mine = exceptions.AppError("x", duration=3, visible=False, title="T")
    assert vars(theirs).items() <= vars(mine).items()
    assert str(mine) == str(theirs) == "x"
    assert str(exceptions.AppError()) == str(gradio_client.exceptions.AppError())


def test_the_layers_of_a_quota_error_agree():
    """`except AppError` and `except anyspace.QuotaExceeded` both catch it, with its time."""
    twin = translated(anyspace.QuotaExceeded("try later", retry_after=60))
    assert isinstance(twin, QuotaExceeded)
    assert (str(twin), twin.message, twin.retry_after) == ("try later", "try later", 60)
    assert isinstance(JobCancelled("x"), anyspace.JobError)


def test_a_note_is_a_pair_that_knows_its_title():
    """Unpacked, compared, copied and taken apart as a tuple of two."""
    note = LogNote(("hello", "info"), "Greeting")
    message, level = note
    assert (message, level, note.title) == ("hello", "info", "Greeting")
    assert note == ("hello", "info")
    assert pickle.loads(pickle.dumps(note)).title == "Greeting"
    update = utils.StatusUpdate.now(utils.Status.LOG, log=note)
    assert dataclasses.asdict(update)["log"] == ("hello", "info")
