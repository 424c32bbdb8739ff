"""The public surface: `anyspace.__all__`, and the rooms that users may import from."""

from __future__ import annotations

import ast
import inspect
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import anyspace
from anyspace import _errors

ROOMS = [
    "capture",
    "client",
    "compat",
    "compat.gradio_client",
    "compat.gradio_client.client",
    "compat.gradio_client.data_classes",
    "compat.gradio_client.exceptions",
    "compat.gradio_client.utils",
    "contract",
    "hub",
    "lock",
    "protocol",
    "recipes",
    "schema",
    "tasks",
    "testing",
]
SOURCE = ast.parse(Path(anyspace.__file__).read_text(encoding="utf-8"))


def typed_names() -> set[str]:
    """What a type checker sees under ``if TYPE_CHECKING:``."""
    (guarded,) = [node for node in SOURCE.body if isinstance(node, ast.If)]
    return {
        alias.asname or alias.name
        for node in ast.walk(guarded)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def exported() -> list[object]:
    """Every public class and function, of the package and of its rooms."""
    found = {name: getattr(anyspace, name) for name in anyspace.__all__}
    for room in ROOMS:
        module = import_module(f"anyspace.{room}")
        found |= {f"{room}.{name}": getattr(module, name) for name in module.__all__}
    return [
        pytest.param(value, id=name)
        for name, value in found.items()
        if inspect.isclass(value) or inspect.isroutine(value)
    ]


def test_the_public_names_are_sorted_and_there_once():
    """Ours: a diff shows what was added."""
    assert anyspace.__all__ == sorted(set(anyspace.__all__))


@pytest.mark.parametrize("name", anyspace.__all__)
def test_every_public_name_resolves(name):
    """Those that load on first use too; the second time from the module itself."""
    value = getattr(anyspace, name)
    assert vars(anyspace)[name] is value


def test_the_public_names_are_the_errors_the_lazy_ones_and_the_version():
    """Ours: nothing is listed that is not there, nothing is there that is not listed."""
    assert set(anyspace.__all__) == {*_errors.__all__, *anyspace._LAZY, "__version__"}


def test_type_checkers_see_the_names_that_load_on_first_use():
    """Ours: the table and the imports for types cannot drift apart."""
    assert typed_names() == set(anyspace._LAZY)
    assert set(anyspace._RENAMED) <= set(anyspace._LAZY)


def test_what_is_listed_is_what_a_star_imports():
    """And `dir` shows it before it was loaded."""
    code = (
        "import anyspace\n"
        "assert set(anyspace.__all__) <= set(dir(anyspace))\n"
        "from anyspace import *\n"
        "assert Client and text_to_image and AppError\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_name_that_is_not_there_is_an_attribute_error():
    """As for every module."""
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        anyspace.nothing  # noqa: B018 - asking is the test
    assert not hasattr(anyspace, "client_")


@pytest.mark.parametrize("room", ROOMS)
def test_the_names_of_a_room_resolve(room):
    """Only what a room lists is public; `ruff` keeps the lists in order."""
    module = import_module(f"anyspace.{room}")
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        assert hasattr(module, name)


@pytest.mark.parametrize("value", exported())
def test_every_public_class_and_function_has_a_docstring(value):
    """Its own, not an inherited one; and so has each public method."""
    assert vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__
    if not inspect.isclass(value):
        return
    for name, member in vars(value).items():
        function = member.fget if isinstance(member, property) else member
        if isinstance(member, staticmethod | classmethod):
            function = member.__func__
        if not name.startswith("_") and inspect.isfunction(function):
            assert function.__doc__, f"{value.__name__}.{name}"


@pytest.mark.parametrize("name", _errors.__all__)
def test_every_error_hangs_on_the_tree(name):
    """`except AnyspaceError` catches all of them; the tree in the docstring names each."""
    error = getattr(anyspace, name)
    assert issubclass(error, anyspace.AnyspaceError | UserWarning)
    assert f" {name} " in f"{_errors.__doc__} ".replace("\n", " \n")


@pytest.mark.parametrize("name", _errors.__all__)
def test_errors_can_be_sent_to_another_process(name):
    """With their words and where they came from; pools of processes pickle them."""
    error = getattr(anyspace, name)
    made = error("words", space="ada/paint") if name == "AppError" else error("words")
    made.space, made.endpoint = "ada/paint", "/infer"
    copied = pickle.loads(pickle.dumps(made))
    assert type(copied) is error
    assert str(copied) == str(made)
    assert vars(copied) == vars(made)


def test_the_version_is_that_of_the_package():
    """Hatch reads it from the module."""
    parts = anyspace.__version__.split(".")
    assert len(parts) == 3
    assert all(part.isdigit() for part in parts[:2])
