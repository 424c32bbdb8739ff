"""What is going to be called, before anything is: endpoints, arguments, how many runs.

Here is the only place of a task where something is left to chance: a seed that nobody
gave, where the app would make the same thing every time.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from anyspace._errors import ArgumentError
from anyspace.client import file
from anyspace.recipes import Arguments, Binding
from anyspace.schema import Endpoint
from anyspace.tasks._words import in_callers_words

__all__ = ["Plan"]

_random = random.SystemRandom()


class Plan:
    """A binding with the values for it.

    Args:
        binding: What goes where.
        values: By field, or by parameter.
        notes: What was changed in them, in words.

    Attributes:
        binding: What goes where.
        steps: The numbers of the chain's steps to make; empty for a single call.
        runs: How often it is done, to get as many results as were asked for.
        notes: What was changed, in words.

    Raises:
        ArgumentError: A value does not fit.
    """

    def __init__(
        self, binding: Binding, values: Mapping[str, Any], notes: Sequence[str] = ()
    ) -> None:
        self.binding = binding
        self._values = {name: _held(value) for name, value in values.items() if value is not None}
        # Steps that only some settings want are left out; so a chain may come to one call.
        needed = [i for i, step in enumerate(binding.chain) if step.needed]
        self.steps = needed if len(needed) > 1 else []
        self._notes: dict[str, None] = dict.fromkeys(notes)
        self._single = None if self.steps else self._lay_out(None, ())
        # What later steps are handed is not known yet, but what is wrong with the rest is.
        unknown = [[None] * len(step.endpoint.outputs) for step in binding.chain]
        laid_out = [self.arguments(step, 0, unknown) for step in self.steps or (None,)]
        self.runs = max(arguments.runs for arguments in laid_out)
        # A binding warns of what nobody gives; now it is known what is given.
        given = {k for one in laid_out for k, v in one.kwargs.items() if v is not None}
        warned = [text for text in binding.warnings if text.partition(" ")[0] not in given]
        self._notes = dict.fromkeys((*warned, *self._notes))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was changed so far, in words, each once."""
        return tuple(self._notes)

    def endpoint(self, step: int | None) -> Endpoint:
        """What a step calls; None is the only one."""
        return self.binding.endpoint if step is None else self.binding.chain[step].endpoint

    def arguments(
        self, step: int | None, run: int, results: Sequence[Sequence[Any]] = ()
    ) -> Arguments:
        """Lay out what is sent.

        Args:
            step: Which step of the chain, None for a single call.
            run: Which of several runs.
            results: What the earlier steps returned.

        Raises:
            ArgumentError: A value does not fit; it is named as the caller named it.
        """
        arguments = self._lay_out(step, results) if self._single is None else self._single
        arguments = msgspec.structs.replace(arguments, kwargs=dict(arguments.kwargs))
        self._notes.update(dict.fromkeys(arguments.notes))
        if arguments.draw is not None:
            draw = arguments.draw
            arguments.kwargs[draw.parameter] = _random.randint(draw.least, draw.most)
        elif run:
            self._reseed(arguments.kwargs, step, run)
        return arguments

    def in_callers_words(self, error: ArgumentError) -> ArgumentError:
        """Make an error that names the caller's fields."""
        return in_callers_words(error, self.binding, self._values)

    def _lay_out(self, step: int | None, results: Sequence[Sequence[Any]]) -> Arguments:
        try:
            if step is None:
                return self.binding.arguments(self._values)
            return self.binding.step_arguments(step, self._values, results)
        except ArgumentError as exc:
            raise self.in_callers_words(exc) from None

    def _reseed(self, kwargs: dict[str, Any], step: int | None, run: int) -> None:
        """Count up from the caller's seed: the same one would make the same thing again."""
        bounds = self.binding.bound if step is None else self.binding.chain[step].bound
        bound = next((bound for bound in bounds if bound.field == "seed"), None)
        seed = kwargs.get(bound.parameter) if bound else None
        if bound is None or not isinstance(seed, int | float):
            return
        most = self.endpoint(step).parameters[bound.position].maximum
        moved = seed + run
        kwargs[bound.parameter] = moved if most is None or moved <= most else seed - run
        self._notes.setdefault("each run has a seed of its own, counted from the one given")


def _held(value: Any) -> Any:
    """Read an open file here and now: each run, and each step, sends it anew."""
    if isinstance(value, list | tuple):
        return [_held(item) for item in value]
    return file(value) if hasattr(value, "read") else value
