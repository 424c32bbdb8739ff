"""From a Python function to the components of an endpoint, as `gr.api` does it."""

from __future__ import annotations

import collections.abc
import inspect
import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

__all__ = ["Component", "FakeFile", "component", "inputs_of", "outputs_of"]

_NOT_GIVEN: Final = inspect.Parameter.empty
_STEPS: Final = (
    collections.abc.Iterator,
    collections.abc.Iterable,
    collections.abc.Generator,
    collections.abc.AsyncIterator,
)


class FakeFile(msgspec.Struct, frozen=True):
    """A file of a fake app: one it gives out, or one that was uploaded to it.

    Attributes:
        name: What the user calls it.
        content: Its bytes.
    """

    name: str
    content: bytes = b""


_KINDS: Final[Mapping[Any, str]] = {
    str: "textbox",
    int: "number",
    float: "number",
    bool: "checkbox",
    FakeFile: "file",
    dict: "json",
    list: "json",
}


class Component(msgspec.Struct, frozen=True):
    """A component: its type, and its properties as they stand in ``/config``.

    Attributes:
        kind: ``"textbox"``, ``"slider"``, ``"image"``…
        props: ``minimum``, ``choices``, ``label``…
        takes_file: The function wants a `FakeFile`.
    """

    kind: str
    props: Mapping[str, Any] = {}
    takes_file: bool = False


def component(told: str | Mapping[str, Any]) -> Component:
    """Read how a user names one: a type, or a mapping with ``type`` and properties."""
    if isinstance(told, str):
        return Component(told)
    return Component(told["type"], {key: told[key] for key in told if key != "type"})


def inputs_of(function: Callable[..., Any]) -> list[tuple[str, Component, Any]]:
    """Name, component and default of each parameter; the default is empty without one."""
    hints = _hints(function)
    return [
        (name, _component_for(hints.get(name, _NOT_GIVEN), parameter.default), parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
    ]


def outputs_of(function: Callable[..., Any]) -> list[Component]:
    """The components of what it returns, or of what a generator yields."""
    told = _hints(function).get("return", _NOT_GIVEN)
    if get_origin(told) in _STEPS:
        told = get_args(told)[0]
    if told is type(None) or told is None:
        return []
    each = get_args(told) if get_origin(told) is tuple else (told,)
    return [_component_for(one) for one in each]


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except (NameError, TypeError):  # a name that is not there at run time, or no function
        return {}


def _component_for(told: Any, default: Any = _NOT_GIVEN) -> Component:
    if told is _NOT_GIVEN and default not in (_NOT_GIVEN, None):
        told = type(default)
    origin, args = get_origin(told), get_args(told)
    if origin is Annotated:
        said = component(args[1])
        return Component(said.kind, said.props, args[0] is FakeFile)
    if origin in (Union, types.UnionType):  # X | None
        return _component_for(next(arg for arg in args if arg is not type(None)))
    if origin is Literal:
        return Component("radio", {"choices": [[str(choice), choice] for choice in args]})
    kind = _KINDS.get(origin or told, "textbox")
    return Component(kind, takes_file=told is FakeFile)
