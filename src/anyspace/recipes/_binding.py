"""The outcome of fitting a task to one endpoint: what goes where, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from anyspace.recipes._arguments import Arguments, lay_out
from anyspace.recipes._kinds import fit
from anyspace.recipes._outputs import Output
from anyspace.recipes._results import Answer, read_answer
from anyspace.recipes._tasks import find_field, find_task
from anyspace.schema import Endpoint

__all__ = ["Alternative", "Binding", "Bound", "Flow", "Step"]


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the task with the parameter that takes it.

    Two fields may name the same parameter: a picture and a question that both go into
    one message, a picture and a mask that both go into one editor.

    Attributes:
        field: The task's word for it.
        parameter: The endpoint's name for it.
        position: Which parameter of the endpoint it is.
        score: How sure the match is, 0 to 1.
        reason: What speaks for it.
        transform: What becomes of a value on its way.
    """

    field: str
    parameter: str
    position: int
    score: float
    reason: str
    transform: str


class Flow(msgspec.Struct, frozen=True):
    """A value that a later step is handed from an earlier one.

    Attributes:
        step: The earlier step, from 0.
        output: Which of its outputs.
        parameter: The later step's parameter that takes it.
    """

    step: int
    output: int
    parameter: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a chain. All of them share one session, which keeps the app's state.

    Attributes:
        endpoint: What is called.
        bound: The task's fields that this step takes.
        flows: What it is handed from earlier steps.
        session: It reads state that an earlier step left in the session.
        needed: Without it the last step cannot work; else only some settings ask for it.
    """

    endpoint: Endpoint
    bound: tuple[Bound, ...] = ()
    flows: tuple[Flow, ...] = ()
    session: bool = False
    needed: bool = True


class Alternative(msgspec.Struct, frozen=True):
    """Another endpoint that could do the task, and how well (0 to 1)."""

    endpoint: str
    score: float


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """A task fitted to one endpoint, or to a chain of them that ends with it.

    Attributes:
        task: The task's pipeline tag.
        endpoint: What is called; of a chain its last step.
        bound: What goes where, in the endpoint's order.
        output: Where the result is.
        score: How sure it is, 0 to 1; from 0.5 on it can be relied on.
        reasons: What the score is made of.
        warnings: What the caller should know before relying on it.
        constants: What is sent besides, by parameter name: a mode that does this task.
        chain: The calls to make, in order, in one session; empty for a single call.
        alternatives: The other endpoints that fit, the best first.
    """

    task: str
    endpoint: Endpoint
    bound: tuple[Bound, ...]
    output: Output
    score: float
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    constants: Mapping[str, Any] = {}
    chain: tuple[Step, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    def find(self, field: str) -> Bound | None:
        """Find what takes a field (or an alias of it); None when nothing does."""
        name = find_field(find_task(self.task), field)
        everywhere = (*self.bound, *(bound for step in self.chain for bound in step.bound))
        return next((bound for bound in everywhere if bound.field == name), None)

    @property
    def fields_at_endpoint(self) -> dict[str, int]:
        """The fields that reach the endpoint, by the position of the parameter they reach.

        In a chain some come through earlier steps: the picture that one step prepares
        reaches the next one as its own picture.
        """
        reached = _positions(self.bound)
        if self.chain:
            kinds = {field.name: field.kind for field in find_task(self.task).fields}
            places = {p.name: (i, p) for i, p in enumerate(self.endpoint.parameters)}
            for flow in self.chain[-1].flows:
                position, parameter = places[flow.parameter]
                fields = dict.fromkeys(_fields_in(self.chain, flow.step))
                fitting = [f for f in fields if f not in reached and fit(kinds[f], parameter)]
                reached.update(dict.fromkeys(fitting[:1], position))
        return reached

    def arguments(self, values: Mapping[str, Any]) -> Arguments:
        """Turn values for the task's fields into arguments for the endpoint.

        For a chain ask `step_arguments` for each step instead.

        Args:
            values: By field; None counts as not given.

        Raises:
            ArgumentError: A name is unknown, a value is not of its field's kind, or a
                needed field is missing.
        """
        return lay_out(
            find_task(self.task), self.endpoint, _positions(self.bound), values, self.constants
        )

    def step_arguments(
        self, number: int, values: Mapping[str, Any], results: Sequence[Sequence[Any]] = ()
    ) -> Arguments:
        """Turn values into the arguments of one step of the chain.

        Args:
            number: Which step, from 0.
            values: By field, the same for every step; each takes what is its own.
            results: What the earlier steps returned, one value for each of their outputs.

        Raises:
            ArgumentError: As for `arguments`.
        """
        step = self.chain[number]
        owned = {bound.field for other in self.chain for bound in other.bound}
        flowing = {f.parameter: results[f.step][f.output] for f in step.flows}
        own = {bound.field for bound in step.bound}
        elsewhere = owned - own
        task = find_task(self.task)
        # A parameter may be named outright, too; it is that of its step.
        named = {parameter.name for parameter in step.endpoint.parameters}
        strange = {p.name for other in self.chain for p in other.endpoint.parameters} - named
        mine = {
            name: value
            for name, value in values.items()
            if (field := find_field(task, name)) not in elsewhere and (field or name not in strange)
        }
        return lay_out(
            task,
            step.endpoint,
            _positions(step.bound),
            mine,
            {**flowing, **(self.constants if step.endpoint is self.endpoint else {})},
            partial=True,
        )

    def read(self, data: Sequence[Any]) -> Answer:
        """Find the result in what the endpoint returned, or yielded on the way.

        Args:
            data: One value for each of the endpoint's outputs.
        """
        return read_answer(self.output, data)

    def explain(self) -> str:
        """Say in a few lines what goes where, and why."""
        lines = [f"{self.task} → {self.endpoint.name} (score {self.score:.2f})"]
        for number, step in enumerate(self.chain, 1):
            needed = "" if step.needed else ", where the app asks for it"
            lines.append(f"  step {number}: {step.endpoint.name}{needed}")
            if step.endpoint is not self.endpoint:
                lines.extend(_say(bound) for bound in step.bound)
            lines.extend(
                f"  {f.parameter} ← output {f.output} of step {f.step + 1}" for f in step.flows
            )
        lines.extend(_say(bound) for bound in self.bound)
        lines.extend(
            f"  {name} = {value!r}: it does this task" for name, value in self.constants.items()
        )
        taken = {bound.position for bound in self.bound}
        rest = [p.name for i, p in enumerate(self.endpoint.parameters) if i not in taken]
        handed = {flow.parameter for step in self.chain[-1:] for flow in step.flows}
        rest = [name for name in rest if name not in self.constants and name not in handed]
        if rest:
            lines.append(f"  left alone: {', '.join(rest)}")
        lines.extend(f"  because {reason}" for reason in self.reasons)
        lines.extend(f"  but {warning}" for warning in self.warnings)
        return "\n".join(lines)


def _fields_in(chain: Sequence[Step], number: int) -> Iterator[str]:
    """The fields that go into a step, its own before those of the steps that feed it."""
    yield from (bound.field for bound in chain[number].bound)
    yield from (field for flow in chain[number].flows for field in _fields_in(chain, flow.step))


def _positions(bound: Sequence[Bound]) -> dict[str, int]:
    return {item.field: item.position for item in bound}


def _say(bound: Bound) -> str:
    return f"  {bound.field} → {bound.parameter}: {bound.reason}; {bound.transform}"
