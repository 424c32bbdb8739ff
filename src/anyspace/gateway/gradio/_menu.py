"""`Menu`: what one model offers to clients of Gradio, and what stands behind each of it.

The Space's own endpoints keep their names and numbers; the task's shapes stand beside them.
Where both want the same name, the Space's own keeps it if whoever calls the shape could as
well call it (and there is no other Space to step in); else the shape has it, and the
Space's own is called ``/space_NAME``. Where both want the same number, the shape has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from anyspace.gateway.gradio._shapes import Shape
from anyspace.gateway.gradio._shelf import PREFIX
from anyspace.schema import App, Endpoint, Parameter, Visibility

__all__ = ["VERSION", "Dish", "Menu", "make_menu"]

VERSION: Final = "6.31.0"
"""The Gradio whose behaviour is imitated."""

ShowDefault = Callable[[Any], Any]
"""Says a default that holds files of the Space as clients may have it."""


class Dish(msgspec.Struct, frozen=True):
    """One thing that can be called.

    Attributes:
        shown: What clients see.
        own: The Space's endpoint behind it, None for a shape.
        shape: The shape, None for a Space's own endpoint.
    """

    shown: Endpoint
    own: Endpoint | None = None
    shape: Shape | None = None


class Menu(msgspec.Struct, frozen=True):
    """Everything that one model offers.

    Attributes:
        app: As clients see it.
        dishes: By number.
    """

    app: App
    dishes: Mapping[int, Dish]

    def find(self, *, name: str = "", number: int | None = None) -> Dish:
        """Find what is meant, by name or by number.

        Raises:
            UnknownEndpoint: There is no such thing.
        """
        endpoint = self.app.endpoint(name or None, fn_index=None if name else number)
        return self.dishes[endpoint.fn_index]

    @property
    def keeps_state(self) -> bool:
        """Something of it remembers a session."""
        return any(dish.own and (dish.own.reads or dish.own.writes) for dish in self)

    def __iter__(self) -> Iterator[Dish]:
        return iter(self.dishes.values())


def make_menu(app: App, shapes: Iterable[Shape], *, alone: bool, show_default: ShowDefault) -> Menu:
    """Put together what a model offers.

    Args:
        app: The Space that answers.
        shapes: Those of the model's task, fitted to it.
        alone: No other Space can step in for it.
        show_default: For parameters that take files.
    """
    own = {_name_of(endpoint): endpoint for endpoint in app.endpoints.values()}
    served = [
        shape
        for shape in shapes
        if not (alone and shape.name in own and shape.is_shape_of(own[shape.name]))
    ]
    names = {shape.name for shape in served}
    taken = {shape.number for shape in served}
    free = _numbers_above([*(each.fn_index for each in app.endpoints.values()), *taken])
    dishes: list[Dish] = []
    for name, endpoint in own.items():
        shown = _shown(
            endpoint,
            _free_name(name, names | own.keys()) if name in names else name,
            next(free) if endpoint.fn_index in taken else endpoint.fn_index,
            show_default,
        )
        dishes.append(Dish(shown, own=endpoint))
    for shape in served:
        number = next(free) if shape.number is None else shape.number
        dishes.append(Dish(msgspec.structs.replace(shape.endpoint, fn_index=number), shape=shape))
    dishes.sort(key=lambda dish: dish.shown.fn_index)
    shown_app = msgspec.structs.replace(
        app,
        version=VERSION,
        endpoints={dish.shown.api_name: dish.shown for dish in dishes},
        space_id="",
        api_prefix=PREFIX,
        mcp_server=False,
        private=(),
        described=True,
    )
    return Menu(shown_app, {dish.shown.fn_index: dish for dish in dishes})


def _name_of(endpoint: Endpoint) -> str:
    """Today every endpoint has a name (since 4.12)."""
    return endpoint.api_name or f"/fn_{endpoint.fn_index}"


def _free_name(name: str, taken: Iterable[str]) -> str:
    changed = f"/space_{name.removeprefix('/')}"
    return changed if changed not in taken else _free_name(changed, taken)


def _numbers_above(numbers: Iterable[int | None]) -> Iterator[int]:
    number = max((number for number in numbers if number is not None), default=-1)
    while True:
        number += 1
        yield number


def _shown(endpoint: Endpoint, name: str, number: int, show_default: ShowDefault) -> Endpoint:
    """An endpoint of the Space as clients see it.

    Microphones and cameras are followed piece by piece with calls like any other.
    """
    visibility = endpoint.visibility
    return msgspec.structs.replace(
        endpoint,
        api_name=name,
        fn_index=number,
        visibility=Visibility.PUBLIC if visibility is Visibility.UNNAMED else visibility,
        parameters=tuple(_named(parameter, show_default) for parameter in endpoint.parameters),
        after=None,
        triggers=(),
        oauth_token="",
    )


def _named(parameter: Parameter, show_default: ShowDefault) -> Parameter:
    default = show_default(parameter.default) if parameter.takes_file else parameter.default
    return msgspec.structs.replace(parameter, default=default)
