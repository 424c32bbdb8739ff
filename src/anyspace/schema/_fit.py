"""Fit a caller's arguments to an endpoint, or say everything that is wrong with them.

One walk over each value along its JSON schema does three things: values that only
Python has become plain ones, files are recognised where (and only where) the schema
takes one, and what does not fit is written down. All problems of a call are raised
together, before anything is sent.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import PurePath
from typing import Any, Final

from msgspec import UNSET

from anyspace._errors import ArgumentError, FileError
from anyspace.schema._app import Endpoint, Parameter
from anyspace.schema._files import FileValue, definitions_of, is_file_node, resolve

__all__ = ["bind_names", "fit_arguments"]

ToFile = Callable[[Any], FileValue | Mapping[str, Any] | None]
"""Makes a file of a value (a path, a picture, a URL…), or None when it is none."""

_JSON_NAMES: Final = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "True or False",
    "array": "a list",
    "object": "a mapping",
    "null": "None",
}
_CHOICES_SHOWN: Final = 12
_UNREADABLE: Final[Mapping[str, Any]] = {}  # in place of a file whose problem has been told


def fit_arguments(
    endpoint: Endpoint,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    *,
    to_file: ToFile | None = None,
    max_file_size: int | None = None,
    check: bool = True,
) -> list[Any]:
    """Lay out one value per parameter, as they will be sent.

    Args:
        endpoint: What is called.
        args: Positional arguments, in the endpoint's order.
        kwargs: Named arguments.
        to_file: Makes files of values where a file is taken.
        max_file_size: The app's limit in bytes.
        check: Refuse values that do not fit. Names are checked in any case.

    Raises:
        ArgumentError: With one problem for each argument that does not fit.
    """
    values, problems = bind_names(endpoint, args, kwargs)
    if not check:
        problems = [p for p in problems if not p.endswith(_MISSING)]
    for position, (parameter, value) in enumerate(zip(endpoint.parameters, values, strict=True)):
        if value is UNSET:
            values[position] = parameter.default
            continue
        fitter = _Fitter(parameter, to_file, max_file_size)
        try:
            values[position] = fitter.fit(value)
        except RecursionError:
            problems.append(f"{parameter.name}: it, or what the app says of it, is nested too deep")
        if check:
            problems.extend(fitter.problems)
    if problems:
        raise _argument_error(endpoint, problems)
    return values


def bind_names(
    endpoint: Endpoint, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[list[Any], list[str]]:
    """Put each argument to its parameter.

    Returns:
        One value per parameter, `msgspec.UNSET` where none was given, and the
        problems: unknown, doubled and missing names.
    """
    parameters = endpoint.parameters
    values: list[Any] = [UNSET] * len(parameters)
    problems = []
    if len(args) > len(parameters):
        problems.append(f"{len(args)} positional arguments for {len(parameters)} parameters")
    values[: len(args)] = args[: len(parameters)]
    positions = {parameter.name: i for i, parameter in enumerate(parameters)}
    for name, value in kwargs.items():
        position = positions.get(name)
        if position is None:
            problems.append(_unknown_name(name, list(positions)))
        elif position < len(args):
            problems.append(f"{name}: given twice, by position and by name")
        else:
            values[position] = value
    for parameter, value in zip(parameters, values, strict=True):
        if value is UNSET and parameter.required:
            problems.append(f"{parameter.name}: {_MISSING}")
    return values, problems


_MISSING: Final = "is missing and has no default; None leaves the field empty"


def _unknown_name(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    takes = f"it takes {', '.join(known)}" if known else "it takes no arguments"
    return f"{name}: no such parameter; " + (f"did you mean {near[0]}?" if near else takes)


def _argument_error(endpoint: Endpoint, problems: list[str]) -> ArgumentError:
    if len(problems) == 1:
        text = f"{endpoint.name}: {problems[0]}"
    else:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        text = f"{endpoint.name}: {len(problems)} arguments do not fit:{lines}"
    return ArgumentError(text, problems=problems, endpoint=endpoint.name)


class _Fitter:
    """Fits one argument; `problems` says what was wrong."""

    def __init__(
        self, parameter: Parameter, to_file: ToFile | None, max_file_size: int | None
    ) -> None:
        self.problems: list[str] = []
        self._parameter = parameter
        self._to_file = to_file if parameter.takes_file else None
        self._max_file_size = max_file_size
        self._definitions = definitions_of(parameter.json_type)

    def fit(self, value: Any) -> Any:
        parameter = self._parameter
        if value is None:
            if parameter.component == "slider":
                self._complain("", "None, but a slider always has a number")
            return None
        if parameter.choices:  # a dropdown that the app fills later has none yet
            return self._choice(_plain(value))
        if parameter.component == "dataframe":
            value = _as_table(value, parameter.headers)
        return self._walk(parameter.json_type, value, "")

    # --- the walk ---------------------------------------------------------------

    def _walk(self, schema: Any, value: Any, where: str) -> Any:
        node = resolve(schema, self._definitions)
        if is_file_node(node):
            return self._file(value, where)
        for key in ("anyOf", "oneOf"):
            if isinstance(node.get(key), list):
                return self._any_of(node[key], value, where)
        kind = node.get("type")
        if kind == "object" or "properties" in node:
            return self._object(node, value, where)
        if kind == "array":
            return self._array(node, value, where)
        if isinstance(kind, str):
            return self._scalar(kind, value, where)
        return self._anything(value, where)

    def _any_of(self, branches: list[Any], value: Any, where: str) -> Any:
        before = len(self.problems)
        first: list[str] = []  # the first branch is the usual one, so its problems are told
        for branch in branches:
            fitted = self._walk(branch, value, where)
            if len(self.problems) == before:
                return fitted
            first = first or self.problems[before:]
            del self.problems[before:]
        self.problems.extend(first)
        return value

    def _object(self, node: Mapping[str, Any], value: Any, where: str) -> Any:
        properties = node.get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        value = self._wrapped(properties, _plain(value))
        if not isinstance(value, Mapping):
            return self._mismatch("object", value, where)
        required = node.get("required")
        for name in required if isinstance(required, list) else ():
            if name not in value:
                self._complain(where, f"has no {name!r}")
        return {
            key: self._walk(properties.get(key, {}), item, f"{where}.{key}")
            for key, item in value.items()
        }

    def _wrapped(self, properties: Mapping[str, Any], value: Any) -> Any:
        """Make the mapping that a widget wants from what callers naturally have."""
        if isinstance(value, Mapping):
            return value
        if isinstance(value, str) and "text" in properties:  # a multimodal textbox
            return {"text": value, "files": []} if "files" in properties else {"text": value}
        for key in ("image", "video"):  # a gallery's item, or a video before 5.0
            if key in properties:
                with_caption = "caption" in properties and isinstance(value, tuple)
                file, caption = value if with_caption and len(value) == 2 else (value, None)
                extra = {"caption": caption} if "caption" in properties else {}
                return {key: file, **extra}
        if "background" in properties:  # an image editor
            return {"background": value, "layers": [], "composite": value}
        return value

    def _array(self, node: Mapping[str, Any], value: Any, where: str) -> Any:
        value = _plain(value)
        if self._to_file is not None and not isinstance(value, list):
            as_file = self._as_file(value)
            value = [as_file] if as_file is not None else value
        if not isinstance(value, list | tuple):
            return self._mismatch("array", value, where)
        items = node.get("items", {})
        firsts = node.get("prefixItems")
        schemas = firsts if isinstance(firsts, list) else []
        return [
            self._walk(schemas[i] if i < len(schemas) else items, item, f"{where}[{i}]")
            for i, item in enumerate(value)
        ]

    def _scalar(self, kind: str, value: Any, where: str) -> Any:
        value = _plain(value)
        if value is None or _is_kind(kind, value):
            if kind in ("number", "integer") and value is not None:
                self._check_range(value, where)
            return value
        return self._mismatch(kind, value, where)

    def _anything(self, value: Any, where: str) -> Any:
        """A value without a schema: plain all the way down."""
        value = _plain(value)
        if self._to_file is not None:
            file = None if isinstance(value, str) else self._as_file(value)
            if file is not None:
                return self._file(file, where)
        if isinstance(value, Mapping):
            return {key: self._anything(item, f"{where}.{key}") for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._anything(item, f"{where}[{i}]") for i, item in enumerate(value)]
        if value is None or isinstance(value, str | int | float | bool):
            return value
        return self._mismatch("", value, where)

    # --- files ------------------------------------------------------------------

    def _file(self, value: Any, where: str) -> Any:
        if value is None:
            return None
        if isinstance(value, Mapping):
            named = isinstance(value.get("path"), str) or isinstance(value.get("url"), str)
            if not named and value is not _UNREADABLE:
                self._complain(where, "is a mapping, but not one that names a file")
            return value
        file = self._as_file(value)
        if file is None:
            return self._no_file(value, where)
        if isinstance(file, FileValue):
            self._check_file(file, where)
        return file

    def _as_file(self, value: Any) -> FileValue | Mapping[str, Any] | None:
        if isinstance(value, FileValue):
            return value
        if self._to_file is None:
            return None
        try:
            return self._to_file(value)
        except FileError as exc:
            self._complain("", str(exc))
            return _UNREADABLE

    def _no_file(self, value: Any, where: str) -> Any:
        if isinstance(value, str):
            self._complain(
                where,
                f"takes a file, and plain text is none: for a local file pass Path({value!r}) "
                f"or anyspace.file({value!r}), else a URL",
            )
        else:
            self._complain(where, f"takes a file, not {type(value).__name__}")
        return value

    def _check_file(self, file: FileValue, where: str) -> None:
        limit = self._max_file_size
        if limit is not None and file.size is not None and file.size > limit:
            self._complain(
                where, f"{file.name} has {file.size} bytes, the app takes at most {limit}"
            )
        types = self._parameter.file_types
        if types and not any(_has_type(file, wanted) for wanted in types):
            kind = file.mime_type or "a file of unknown type"
            self._complain(where, f"{file.name} is {kind}, it takes {', '.join(types)}")

    # --- what is wrong ----------------------------------------------------------

    def _choice(self, value: Any) -> Any:
        parameter = self._parameter
        choices = parameter.choices or ()
        if isinstance(value, tuple):
            value = list(value)
        several = parameter.multiple or parameter.json_type.get("type") == "array"
        if several and not isinstance(value, list):
            return self._mismatch("array", value, "")
        picked = value if several else [value]
        if not parameter.open_choices:
            offered = [choice.value for choice in choices]
            for item in picked:
                if item not in offered:
                    self._complain("", self._not_offered(item))
        return value

    def _not_offered(self, item: Any) -> str:
        choices = self._parameter.choices or ()
        for choice in choices:
            if choice.label == item:
                return f"{item!r} is a label, the value for it is {choice.value!r}"
        names = [str(choice.value) for choice in choices]
        near = difflib.get_close_matches(str(item), names, n=1, cutoff=0.6)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        shown = ", ".join(repr(choice.value) for choice in choices[:_CHOICES_SHOWN])
        more = f" and {len(choices) - _CHOICES_SHOWN} more" if len(choices) > _CHOICES_SHOWN else ""
        return f"{item!r} is not on offer{hint}; it takes {shown}{more}"

    def _check_range(self, value: float, where: str) -> None:
        low, high = self._parameter.minimum, self._parameter.maximum
        if isinstance(value, float) and not math.isfinite(value):
            # JSON has no such number: it would arrive as None.
            self._complain(where, f"{value!r} is no number that can be sent")
        elif (low is not None and value < low) or (high is not None and value > high):
            least, most = ("any" if end is None else f"{end:.15g}" for end in (low, high))
            self._complain(where, f"{value!r} is out of range, it takes {least} to {most}")

    def _mismatch(self, kind: str, value: Any, where: str) -> Any:
        wanted = _JSON_NAMES.get(kind, "JSON")
        got = "text" if isinstance(value, str) else type(value).__name__
        shown = repr(value) if isinstance(value, str | int | float) else ""
        detail = f" ({shown if len(shown) <= 40 else shown[:37] + '...'})" if shown else ""
        note = ", and it takes no file" if self._is_filelike(value) else ""
        self._complain(where, f"takes {wanted}, not {got}{detail}{note}")
        return value

    def _is_filelike(self, value: Any) -> bool:
        return not self._parameter.takes_file and isinstance(value, PurePath | FileValue | bytes)

    def _complain(self, where: str, what: str) -> None:
        self.problems.append(f"{self._parameter.name}{where}: {what}")


def _as_table(value: Any, headers: Sequence[str]) -> Any:
    """Make a table of rows alone: its columns are the widget's, else 1, 2, 3…"""
    is_array = hasattr(value, "dtype") and getattr(value, "ndim", None) == 2
    rows = value.tolist() if is_array else value
    if not isinstance(rows, list) or not all(isinstance(row, list | tuple) for row in rows):
        return value
    width = max(map(len, rows), default=0)
    names = list(headers) if len(headers) == width else [str(n + 1) for n in range(width)]
    return {"headers": names, "data": rows}


def _is_kind(kind: str, value: Any) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return whole and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return kind != "null"


def _has_type(file: FileValue, wanted: str) -> bool:
    wanted = wanted.lower()
    if wanted.startswith("."):
        return file.name.lower().endswith(wanted)
    kind = file.mime_type.lower()
    return (
        not kind or wanted == "file" or kind == wanted or kind.startswith(wanted.rstrip("/*") + "/")
    )


_PLAIN: Final = frozenset({str, int, float, bool, list, dict, type(None)})


def _plain(value: Any) -> Any:
    """Turn numpy's numbers and pandas' tables into plain ones; they are JSON by no other way."""
    if type(value) in _PLAIN:  # exactly: numpy's float64 is a float too, but not for JSON
        return value
    if hasattr(value, "columns") and hasattr(value, "to_numpy"):
        headers = [str(column) for column in value.columns]
        return {"headers": headers, "data": value.to_numpy().tolist()}
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        return value.item()
    return str(value) if isinstance(value, str) and not isinstance(value, Enum) else value
