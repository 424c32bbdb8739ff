"""Explain a captured call by what the app says about itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from anyspace._errors import UsageError
from anyspace.capture._call import Call, FileHere
from anyspace.capture._captured import Captured
from anyspace.capture._compose import Target, compose
from anyspace.capture._javascript import Unknown
from anyspace.capture._place import is_raw_file, place_in
from anyspace.schema import App, Endpoint, Visibility

__all__ = ["Explained", "Given", "best_call", "explain_call"]


class Given(msgspec.Struct, frozen=True):
    """One argument of a captured call.

    Attributes:
        name: The parameter's name.
        label: What the page shows above it.
        value: What was sent; a file is `FileHere`.
        state: ``"sent"``, ``"default"`` (what the app would take anyway) or ``"missing"``.
    """

    name: str
    label: str
    value: Any
    state: str


class Explained(msgspec.Struct, frozen=True):
    """A captured call, explained.

    Attributes:
        call: Ready to be exported.
        given: Which argument is which, in the endpoint's order.
        notes: What should be known before it is used, in words.
    """

    call: Call
    given: tuple[Given, ...]
    notes: tuple[str, ...]


def best_call(calls: Sequence[Captured], app: App | None) -> int:
    """Choose the call that somebody means: the last of an endpoint that is documented.

    Pages make calls of their own: when they load, and when a widget changes.
    """
    public = [
        number
        for number, call in enumerate(calls)
        if app is not None
        and (endpoint := _endpoint_or_none(call, app)) is not None
        and endpoint.visibility is Visibility.PUBLIC
    ]
    with_file = [number for number in public if place_in(calls[number].output or ())]
    return (with_file or public or [len(calls) - 1])[-1]


def explain_call(captured: Captured, target: Target) -> Explained:
    """Say which argument is which, and make a call that can be exported.

    Raises:
        UnknownEndpoint: The app has no such endpoint.
        UsageError: The capture does not say which endpoint it is.
    """
    endpoint = _endpoint(captured, target.app)
    notes: list[str] = []
    values = _values(captured, endpoint, notes)
    defaults = {parameter.name: parameter.default for parameter in endpoint.parameters}
    sent = {}
    for name, value in values.items():
        unknown = next((item for item in _flat(value) if isinstance(item, Unknown)), None)
        if unknown is not None:
            notes.append(f"{name} is {unknown.text} in the code, which only running it would tell")
        elif not _same_file(value, defaults[name]):
            sent[name] = _plain(value, target.url)
    place = place_in(captured.output) if captured.output is not None else None
    call, more = compose(target, endpoint, (), sent, place=place, check=False)
    if any(isinstance(file, FileHere) and file.path for file in _flat(sent)):
        notes.append("files are sent from your machine: put yours where their names stand")
    if captured.credentials:
        notes.append("the request said who asked; its token and cookies are not repeated")
    if captured.failure:
        notes.append(f"the captured call failed: {captured.failure}")
    given = tuple(_given(parameter_name, call, sent) for parameter_name in _names(endpoint))
    return Explained(call, given, (*notes, *more))


def _names(endpoint: Endpoint) -> list[str]:
    return [parameter.name for parameter in endpoint.parameters]


def _given(name: str, call: Call, sent: Mapping[str, Any]) -> Given:
    parameter = next(p for p in call.endpoint.parameters if p.name == name)
    if name in call.arguments:
        state = "sent" if name in sent else "missing"
        return Given(name, parameter.label, call.arguments[name], state)
    return Given(name, parameter.label, parameter.default, "default")


def _endpoint(captured: Captured, app: App) -> Endpoint:
    if captured.api_name:
        return app.endpoint(captured.api_name)
    if captured.fn_index is not None:
        return app.endpoint(fn_index=captured.fn_index)
    try:
        return app.endpoint()
    except UsageError as exc:
        raise UsageError(
            f"the {captured.form} does not say which endpoint it calls; {exc}"
        ) from exc


def _endpoint_or_none(captured: Captured, app: App) -> Endpoint | None:
    try:
        return _endpoint(captured, app)
    except UsageError:
        return None


def _values(captured: Captured, endpoint: Endpoint, notes: list[str]) -> dict[str, Any]:
    """Name every value; hidden slots are left out."""
    names = _names(endpoint)
    if captured.data is None:
        values = dict(zip(names, captured.positional, strict=False))
        _count(len(captured.positional), names, notes, exactly=False)
        strange = [name for name in captured.named if name not in names]
        if strange:
            takes = ", ".join(names) or "nothing"
            notes.append(f"{endpoint.name} has no {', '.join(strange)}; it takes {takes}")
        return values | {k: v for k, v in captured.named.items() if k in names}
    data = captured.data
    if len(data) == len(endpoint.input_slots):
        slots = [slot.parameter for slot in endpoint.input_slots]
        return {names[at]: v for at, v in zip(slots, data, strict=True) if at is not None}
    _count(len(data), names, notes, exactly=True)
    return dict(zip(names, data, strict=False))


def _count(count: int, names: Sequence[str], notes: list[str], *, exactly: bool) -> None:
    if count > len(names) or (exactly and count < len(names)):
        notes.append(
            f"{count} values were sent for {len(names)} parameters: the app has changed since, or "
            "the description is of another one"
        )


def _plain(value: Any, root: str) -> Any:
    """A value of the wire as a user gives it: files that the page uploaded become files here."""
    if is_raw_file(value):
        return _file(value, root)
    if isinstance(value, dict):
        return {key: _plain(item, root) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, root) for item in value]
    return value


def _same_file(value: Any, default: Any) -> bool:
    """The app's own example, which only the app can name: it is its default."""
    same = is_raw_file(value) and is_raw_file(default)
    return same and value.get("path") == default.get("path")


def _file(value: Mapping[str, Any], root: str) -> FileHere:
    for key in ("path", "url"):
        address = value.get(key)
        if isinstance(address, str) and address.startswith(("http://", "https://")):
            if urlsplit(address).netloc != urlsplit(root).netloc or "/file=" not in address:
                return FileHere(url=address)
    for key in ("orig_name", "path", "name"):
        name = value.get(key)
        if isinstance(name, str) and name:
            return FileHere(path=name.replace("\\", "/").rpartition("/")[2])
    return FileHere(path="file")


def _flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [item for inner in value.values() for item in _flat(inner)]
    if isinstance(value, list):
        return [item for inner in value for item in _flat(inner)]
    return [value]
