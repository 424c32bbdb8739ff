"""Bindings that were found, kept: the same app and the same wish have the same one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from anyspace.recipes import Binding, bind, field_for
from anyspace.schema import App

__all__ = ["find_binding"]

_KEPT: Final = 256

# An app's description is large and cannot be hashed, so it goes by its identity; it is
# held with the binding, so that the identity stays its own.
_found: OrderedDict[tuple[Any, ...], tuple[App, Binding]] = OrderedDict()


def find_binding(
    app: App,
    task: str,
    endpoint: str | None,
    overrides: Mapping[str, str],
    wants: Iterable[str],
) -> Binding:
    """Bind a task as `anyspace.recipes.bind` does, or remember how it was bound.

    Raises:
        BindingError: Nothing fits, or an override names what does not exist.
        UnknownEndpoint: The app has no endpoint of that name.
    """
    fields = frozenset(field_for(task, name) for name in wants) - {None}
    key = (id(app), task, endpoint, frozenset(overrides.items()), fields)
    if key in _found:
        _found.move_to_end(key)
        return _found[key][1]
    wanted = [field for field in fields if field is not None]
    binding = bind(app, task, endpoint=endpoint, overrides=overrides, wants=wanted)
    _found[key] = app, binding
    if len(_found) > _KEPT:
        _found.popitem(last=False)
    return binding
