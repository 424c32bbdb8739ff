"""Requests that are forms: fields are text there, and files come among them.

OpenAI's clients write a list as ``image[]``, and an object as ``voice[id]``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile

from anyspace._errors import ArgumentError, FileError
from anyspace.client import LocalFile, file, to_public_file
from anyspace.gateway._errors import Refused

__all__ = ["read_fields", "read_form", "typed"]

T = TypeVar("T", bound=msgspec.Struct)

_KINDS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")
_NAME: Final = re.compile(r"([^\[\]]+)(?:\[([^\[\]]*)\])?")
_WHERE: Final = re.compile(r" - at `\$\.?([^`]*)`\Z")
_UNTOLD: Final = ("", "application/octet-stream", "text/plain")  # what senders write unasked


async def read_fields(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Read a form: each field's text or file, or a list of those, or texts by name.

    Raises:
        Refused: It is no form, or a broken one.
    """
    if request.content_type[0] not in _KINDS:
        sent = request.content_type[0] or "a body without type"
        raise Refused(
            f"this takes a form ({_KINDS[0]}), not {sent}", status=400, code="invalid_request"
        )
    try:
        given = (await request.form()).multi_items()
    except (UnicodeDecodeError, LookupError, ValueError) as exc:
        raise Refused(
            f"the form cannot be read: {exc}", status=400, code="invalid_request"
        ) from exc
    fields: dict[str, Any] = {}
    for name, value in given:
        _add(fields, str(name), await _read(value))
    return fields


async def read_form(request: Request[Any, Any, Any], kind: type[T]) -> tuple[T, dict[str, Any]]:
    """Read a form with these fields, and whatever else stands in it.

    Raises:
        ArgumentError: A field is missing or wrong.
        Refused: It is no form, or a broken one.
    """
    fields = await read_fields(request)
    own, extras = {}, {}
    for name, value in fields.items():
        field = _fields_of(kind).get(name)
        if field is None:
            extras[name] = value
        elif value != "" or field.required:  # what browsers send for what is not filled in
            own[name] = _in_shape(field, value)
    try:
        return msgspec.convert(own, kind, strict=False, dec_hook=_decode), extras
    except msgspec.ValidationError as exc:
        raise _wrong(str(exc)) from exc


def typed(text: Any, takes: Mapping[str, Any]) -> Any:
    """Make of a form's text what a parameter takes.

    Args:
        text: The text; anything else stays as it is.
        takes: The parameter's JSON type; text stays text where it is taken.
    """
    if not isinstance(text, str) or takes.get("type") == "string":
        return text
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def _add(fields: dict[str, Any], name: str, value: Any) -> None:
    parts = _NAME.fullmatch(name)
    if parts is None or parts[2] is None:
        _collect(fields, name, value)
    elif parts[2] == "" or parts[2].isdecimal():
        there = fields.setdefault(parts[1], [])
        if isinstance(there, list):
            there.append(value)
    else:
        there = fields.setdefault(parts[1], {})
        if isinstance(there, dict):
            there[parts[2]] = value


def _collect(fields: dict[str, Any], name: str, value: Any) -> None:
    if name not in fields:
        fields[name] = value
    elif isinstance(fields[name], list):
        fields[name].append(value)
    else:
        fields[name] = [fields[name], value]


async def _read(value: Any) -> Any:
    if not isinstance(value, UploadFile):
        return value
    try:
        content = await value.read()
    finally:
        await value.close()
    kind = value.content_type.partition(";")[0].strip().lower()
    return file(content, name=value.filename, mime_type="" if kind in _UNTOLD else kind)


def _fields_of(kind: type[msgspec.Struct]) -> dict[str, msgspec.inspect.Field]:
    described = msgspec.inspect.type_info(kind)
    assert isinstance(described, msgspec.inspect.StructType)
    return {field.encode_name: field for field in described.fields}


def _in_shape(field: msgspec.inspect.Field, value: Any) -> Any:
    """A list where one is taken, and of several values the last where one is."""
    kinds = field.type.types if isinstance(field.type, msgspec.inspect.UnionType) else [field.type]
    if any(isinstance(kind, msgspec.inspect.ListType) for kind in kinds):
        return value if isinstance(value, list) else [value]
    return value[-1] if isinstance(value, list) and value else value


def _decode(kind: type, value: Any) -> Any:
    if kind is LocalFile:
        try:
            made = to_public_file(value)
        except FileError as exc:
            raise ValueError(str(exc)) from exc
        if isinstance(made, LocalFile):
            return made
        raise ValueError("takes a file: a part of the form with a filename")
    raise NotImplementedError(kind)


def _wrong(said: str) -> ArgumentError:
    where = _WHERE.search(said)
    text = said[: where.start()] if where else said
    missing = re.fullmatch(r"Object missing required field `([^`]+)`", text)
    name, text = (missing[1], "is missing") if missing else (where[1] if where else "form", text)
    problem = f"{name.partition('[')[0]}: {text[:1].lower() + text[1:]}"
    return ArgumentError(problem, problems=[problem])
