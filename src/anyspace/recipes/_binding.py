"""The outcome of fitting a task to one endpoint: what goes where, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from anyspace.recipes._arguments import Arguments, lay_out
from anyspace.recipes._tasks import find_task
from anyspace.schema import Endpoint

__all__ = ["Arguments", "Binding", "Bound"]


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the task with the parameter that takes it.

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


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """A task fitted to one endpoint.

    Attributes:
        task: The task's pipeline tag.
        endpoint: What is called.
        bound: What goes where, in the endpoint's order.
        output: Which of the endpoint's outputs holds the result.
        score: How sure it is, 0 to 1; from 0.5 on it can be relied on.
        reasons: What the score is made of.
        warnings: What the caller should know before relying on it.
    """

    task: str
    endpoint: Endpoint
    bound: tuple[Bound, ...]
    output: int
    score: float
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def find(self, field: str) -> Bound | None:
        """Find what takes a field; None when the endpoint does not offer it."""
        return next((bound for bound in self.bound if bound.field == field), None)

    def arguments(self, values: Mapping[str, Any]) -> Arguments:
        """Turn values for the task's fields into arguments for the endpoint.

        Args:
            values: By field; None counts as not given.

        Raises:
            ArgumentError: A name is unknown, a value is not of its field's kind, or a
                required field is missing.
        """
        positions = {bound.field: bound.position for bound in self.bound}
        return lay_out(find_task(self.task), self.endpoint, positions, values)

    def explain(self) -> str:
        """Say in a few lines what goes where, and why."""
        lines = [f"{self.task} → {self.endpoint.name} (score {self.score:.2f})"]
        lines.extend(f"  {b.field} → {b.parameter}: {b.reason}; {b.transform}" for b in self.bound)
        taken = {bound.position for bound in self.bound}
        rest = [p.name for i, p in enumerate(self.endpoint.parameters) if i not in taken]
        if rest:
            lines.append(f"  left alone: {', '.join(rest)}")
        lines.extend(f"  because {reason}" for reason in self.reasons)
        lines.extend(f"  but {warning}" for warning in self.warnings)
        return "\n".join(lines)
