"""Carry calls from the app that was locked to the one that answers now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from anyspace._errors import ContractError
from anyspace.contract._compare import Change, Comparison, Harm, compare
from anyspace.contract._signatures import AppSignature, ParameterSignature, sign_app
from anyspace.schema import App, Endpoint

__all__ = ["Contract"]


class Contract:
    """What an app was when it was locked, held against what it is.

    Args:
        locked: What was taken down.
        app: What answers now.
        source: What the app is called in the lock, for errors.

    Attributes:
        comparison: What has changed.
    """

    def __init__(self, locked: AppSignature, app: App, source: str) -> None:
        self.comparison: Comparison = compare(locked, sign_app(app))
        self._locked = locked
        self._now = sign_app(app)
        self._source = source
        self._was = {new: old for old, new in self.comparison.renamed.items()}

    def current_name(self, api_name: str) -> str:
        """What an endpoint is called now; other names than the lock's stay as they are.

        Raises:
            ContractError: The endpoint is gone, and nothing took its place for certain.
        """
        name = self._locked_name(api_name)
        if name in self.comparison.renamed:
            return self.comparison.renamed[name]
        if name in self._locked.endpoints and name not in self._now.endpoints:
            raise self._error(name, self.changes_of(name))
        return api_name

    def carry(
        self, endpoint: Endpoint, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Sequence[Any], Mapping[str, Any]]:
        """Say with which arguments the endpoint is called as it was meant to be.

        Values by position are taken in the lock's order.

        Args:
            endpoint: As it is now.
            args: Values by position.
            kwargs: Values by name.

        Raises:
            ContractError: A change harms this call, or the endpoint is not in the lock.
        """
        name = self._was.get(endpoint.name, endpoint.name)
        before = self._locked.endpoints.get(name)
        if before is None:
            gone = [c for c in self.comparison.changes if c.text.startswith("is gone")]
            raise self._error(name, gone, f"{name} of {self._source} is not in the lock")
        names = [parameter.name for parameter in before.parameters]
        given = {*names[: len(args)], *kwargs}
        values = {**dict(zip(names, args, strict=False)), **kwargs}
        now = {p.name: p for p in self._now.endpoints[endpoint.name].parameters}
        harmful = [
            change
            for change in self.changes_of(name)
            if _harms(change, given, values, now.get(change.parameter))
        ]
        if harmful:
            raise self._error(name, harmful)
        if names[: len(args)] == [p.name for p in endpoint.parameters][: len(args)]:
            return args, kwargs
        if len(args) > len(names) or set(names[: len(args)]) & kwargs.keys():
            return args, kwargs  # wrong in itself, and told as such
        return (), values

    def order_of(self, endpoint: Endpoint) -> list[str] | None:
        """The names of an endpoint's arguments in the lock's order, None if it is not there."""
        before = self._locked.endpoints.get(self._was.get(endpoint.name, endpoint.name))
        return None if before is None else [parameter.name for parameter in before.parameters]

    def changes_of(self, api_name: str) -> list[Change]:
        """What has changed in one endpoint, by its name in the lock or now."""
        name = self._locked_name(api_name)
        return [c for c in self.comparison.changes if c.endpoint == self._was.get(name, name)]

    def _locked_name(self, api_name: str) -> str:
        """The name as it is written down, with or without its slash."""
        return next(
            (n for n in self._locked.endpoints if n.lstrip("/") == api_name.lstrip("/")), api_name
        )

    def _error(self, name: str, changes: Sequence[Change], why: str = "") -> ContractError:
        head = why or f"{self._source} has changed since it was locked"
        told = "".join(f"\n  - {change}" for change in changes)
        return ContractError(
            f"{head}; nothing was sent{':' * bool(told)}{told}\n"
            f"  `anyspace lock {self._source} --update` accepts it as it is now",
            changes=tuple(str(change) for change in changes),
            space=self._source,
            endpoint=name,
        )


def _harms(
    change: Change, given: set[str], values: Mapping[str, Any], now: ParameterSignature | None
) -> bool:
    """Whether a change harms a call with these values."""
    is_given = change.parameter in given
    if change.harm is Harm.BY_VALUE:
        return is_given and now is not None and not _takes(now, values[change.parameter])
    return {
        Harm.NOBODY: False,
        Harm.EVERYBODY: True,
        Harm.GIVING: is_given,
        Harm.LEAVING_OUT: not is_given,
    }[change.harm]


def _takes(parameter: ParameterSignature, value: Any) -> bool:
    """Whether the choices and the range have room for a value; what is odd is not judged here."""
    if parameter.choices is not None:
        chosen = value if isinstance(value, list | tuple) else [value]
        return all(one in parameter.choices or one is None for one in chosen)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    low, high = parameter.minimum, parameter.maximum
    return (low is None or value >= low) and (high is None or value <= high)
