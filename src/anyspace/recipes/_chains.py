"""Work that takes several calls in one session.

Pages wire steps behind one button: a picture is prepared, views are made of it, a solid
is made of the views; a message joins the conversation, then the bot answers. Between
the steps values travel through widgets (the next call is handed them) or through state
that the server keeps for the session. Both are in the app's description, so the steps
are found by walking back from the endpoint that gives the result.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

import msgspec

from anyspace.recipes._endpoints import is_clutter
from anyspace.recipes._kinds import is_file
from anyspace.schema import App, Endpoint, Parameter, Visibility

__all__ = ["Chain", "Origin", "feeders", "link", "merge"]

_LONGEST: Final = 4
_UNCALLABLE: Final = frozenset(
    ("select", "like", "example_select", "load", "tick", "undo", "retry")
)


class Origin(NamedTuple):
    """Where a parameter of a merged endpoint comes from: which step, which position."""

    step: int
    position: int


class Chain(NamedTuple):
    """Endpoints to call in order, and what each is handed: (step, output, position)."""

    steps: tuple[Endpoint, ...]
    flows: tuple[tuple[tuple[int, int, int], ...], ...]


def link(app: App, last: Endpoint) -> list[Chain]:
    """List the chains that end with an endpoint, the shortest first."""
    chains = []
    steps = [last]
    while len(steps) < _LONGEST:
        before = _before(app, steps)
        if before is None:
            break
        steps.insert(0, before)
        chains.append(Chain(tuple(steps), _flows(steps)))
    return chains


def _before(app: App, steps: Sequence[Endpoint]) -> Endpoint | None:
    """Find the endpoint that prepares for the first step: the page's own order leads."""
    first = steps[0]
    states = {state for step in steps for state in step.reads}
    taken = {parameter.widget for step in steps for parameter in step.parameters}
    for candidate in _run_before(app, first):
        if candidate not in steps and _feeds(candidate, states, taken):
            return candidate
    files = {p.widget for step in steps for p in step.parameters if is_file(p)} - {-1}
    if not states and not files:
        return None
    candidates = [
        other
        for other in app.endpoints.values()
        if _feeds(other, states, files) and other not in steps and _prepares(other)
    ]
    return min(candidates, key=lambda e: (e.fn_index > first.fn_index, -e.fn_index), default=None)


def _run_before(app: App, endpoint: Endpoint) -> list[Endpoint]:
    """List what the page runs before an endpoint, the nearest first."""
    by_number = {other.fn_index: other for other in app.endpoints.values()}
    found: list[Endpoint] = []
    after = endpoint.after
    while after is not None and after in by_number and by_number[after] not in found:
        found.append(by_number[after])
        after = found[-1].after
    return found


def _feeds(endpoint: Endpoint, states: Collection[int], widgets: Collection[int]) -> bool:
    """Tell whether it fills one of the widgets, or leaves what it was given in a state."""
    if any(output.widget in widgets for output in endpoint.outputs if output.widget >= 0):
        return True
    if not (endpoint.parameters or endpoint.reads):
        return False
    return any(state in states for state in endpoint.writes)


def _prepares(endpoint: Endpoint) -> bool:
    """Tell whether an endpoint that the page does not wire before a step may be called for it."""
    return _is_callable(endpoint) and not is_clutter(endpoint)


def _is_callable(endpoint: Endpoint) -> bool:
    if any(parameter.component == "dataset" for parameter in endpoint.parameters):
        return False
    events = {event for _, _, event in endpoint.triggers}
    return not events or bool(events - _UNCALLABLE)


def _flows(steps: Sequence[Endpoint]) -> tuple[tuple[tuple[int, int, int], ...], ...]:
    """Say for each step what it is handed; of several sources the latest counts."""
    made: dict[int, tuple[int, int]] = {}
    flows = []
    for number, step in enumerate(steps):
        handed = [
            (*made[parameter.widget], position)
            for position, parameter in enumerate(step.parameters)
            if parameter.widget in made
        ]
        flows.append(tuple(handed))
        made.update({o.widget: (number, i) for i, o in enumerate(step.outputs) if o.widget >= 0})
    return tuple(flows)


def merge(chain: Chain) -> tuple[Endpoint, list[Origin]]:
    """Make one endpoint of a chain: it takes what no step is handed, and gives the result."""
    parameters: list[Parameter] = []
    origins: list[Origin] = []
    seen: set[int] = set()
    names: set[str] = set()
    for number, step in enumerate(chain.steps):
        handed = {position for _, _, position in chain.flows[number]}
        for position, parameter in enumerate(step.parameters):
            if position in handed or parameter.widget in seen:
                continue
            seen.update({parameter.widget} - {-1})
            name = parameter.name
            while name in names:
                name += "_"
            names.add(name)
            parameters.append(msgspec.structs.replace(parameter, name=name))
            origins.append(Origin(number, position))
    last = chain.steps[-1]
    public = any(step.visibility is Visibility.PUBLIC for step in chain.steps)
    whole = msgspec.structs.replace(
        last,
        parameters=tuple(parameters),
        triggers=tuple(trigger for step in chain.steps for trigger in step.triggers),
        visibility=Visibility.PUBLIC if public else last.visibility,
    )
    return whole, origins


def feeders(app: App, endpoint: Endpoint, taken: Collection[int]) -> list[Endpoint]:
    """List what fills session state that an endpoint reads and does not fill itself.

    Args:
        app: The app.
        endpoint: The endpoint.
        taken: Widgets that the caller fills anyway.
    """
    wanted = set(endpoint.reads) - set(endpoint.writes)
    if not wanted:
        return []
    return [
        other
        for other in app.endpoints.values()
        if not wanted.isdisjoint(other.writes)
        and other.name != endpoint.name
        and not is_clutter(other)
        and _is_callable(other)
        and any(parameter.widget not in taken for parameter in other.parameters)
    ]
