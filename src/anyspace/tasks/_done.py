"""What a task shows on the way, and what it has made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from anyspace._errors import AnyspaceError
from anyspace.client import AsyncMediaFile
from anyspace.recipes import Binding

__all__ = ["Preview", "Sent", "TaskResult"]


class Preview(msgspec.Struct, frozen=True):
    """The task's result so far: a picture that is still noise, the beginning of an answer.

    Each stands for all of the result so far, not for what came since the one before.
    The last one may be the result itself.

    Attributes:
        files: The files so far.
        text: The text so far.
        data: The numbers so far, None where there are none.
        run: Which of several runs it is of, from 0.
    """

    files: tuple[AsyncMediaFile, ...] = ()
    text: str = ""
    data: Any = None
    run: int = 0


class Sent(msgspec.Struct, frozen=True):
    """One call that a task made.

    Attributes:
        endpoint: The endpoint's name.
        arguments: What was sent, by parameter name; what is not here kept its default.
        value: What it returned.
        run: Which of several runs it is of, from 0.
    """

    endpoint: str
    arguments: Mapping[str, Any]
    value: Any
    run: int = 0


class TaskResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a Space made of a task.

    Attributes:
        files: The files of the result, the best first, those of later runs last; of a
            chat those that came with the answer.
        text: The result as text, ``""`` when it is none.
        data: The numbers of the result as nested lists, None when it has none.
        binding: Which endpoint was called, and what went where.
        calls: The calls that were made and returned, in order; several for a chain or
            for several runs.
        notes: What was changed on the way, or could not be honoured, in words.
        failures: Why some of several runs gave nothing; the notes say so, too.
    """

    files: tuple[AsyncMediaFile, ...] = ()
    text: str = ""
    data: Any = None
    binding: Binding
    calls: tuple[Sent, ...]
    notes: tuple[str, ...] = ()
    failures: tuple[AnyspaceError, ...] = ()

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What was sent for the result: the first run's last call."""
        return self._decisive.arguments

    @property
    def value(self) -> Any:
        """What the endpoint returned: the first run's last call."""
        return self._decisive.value

    @property
    def _decisive(self) -> Sent:
        first = self.calls[0].run
        return [call for call in self.calls if call.run == first][-1]
