"""Bodies as people read them: JSON as JSON, text as text, the parts of a form one by one."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["Body", "Part", "event_from", "read_body", "write_body", "write_event"]

# What Gradio writes: one line of data, at most a name before it, a blank line after it.
_EVENT: Final = re.compile(rb"(?:event: ?([^\r\n]*)\n)?data: ?([^\r\n]*)\n\n")


class Part(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """One part of a multipart form.

    Attributes:
        name: The field's name.
        body: Its content.
        filename: What the client calls the file, None for a plain field.
        type: Its media type as sent.
    """

    name: str
    body: Body | None = None
    filename: str | None = None
    type: str = ""


class Body(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """A body, in the one of these forms that shows most.

    Attributes:
        json: The value; its spacing is not kept.
        text: Text that is not JSON.
        form: The parts of a multipart form; its boundary is not kept.
        base64: Bytes that are not text.
        file: The name of the file, in the folder beside the transcript, that has the bytes.
    """

    json: Any = UNSET
    text: str | UnsetType = UNSET
    form: list[Part] | UnsetType = UNSET
    base64: bytes | UnsetType = UNSET
    file: str | UnsetType = UNSET


def read_body(data: bytes, content_type: str = "") -> Body | None:
    """Find the form that shows most; None for no bytes at all."""
    if not data:
        return None
    kind = content_type.partition(";")[0].strip().lower()
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    if kind == "multipart/form-data" and boundary:
        return Body(form=[_read_part(part) for part in _split_form(data, boundary[1].encode())])
    if not kind or kind.endswith("json"):
        try:
            return Body(json=msgspec.json.decode(data))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return Body(base64=data)
    return Body(base64=data) if "\0" in text else Body(text=text)


def write_body(body: Body | None) -> bytes:
    """Write a body as bytes again; a form has no boundary any more and cannot be written."""
    if body is None:
        return b""
    if body.text is not UNSET:
        return body.text.encode()
    if body.base64 is not UNSET:
        return body.base64
    return msgspec.json.encode(body.json)


def event_from(block: bytes) -> tuple[str, Body]:
    """Read a block of an event stream: the event's name, and its data where that is JSON.

    Blocks of another form (comments, several lines) come back as text, with all that
    is in them.
    """
    match = _EVENT.fullmatch(block)
    if match:
        try:
            return (match[1] or b"").decode(), Body(json=msgspec.json.decode(match[2]))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
    try:
        return "", Body(text=block.decode())
    except UnicodeDecodeError:
        return "", Body(base64=block)


def write_event(event: str, body: Body | None) -> bytes:
    """Write a block of an event stream as bytes again."""
    if body is None or body.json is UNSET:
        return write_body(body)
    name = f"event: {event}\n".encode() if event else b""
    return name + b"data: " + msgspec.json.encode(body.json) + b"\n\n"


def _split_form(data: bytes, boundary: bytes) -> list[bytes]:
    pieces = (b"\r\n" + data).split(b"\r\n--" + boundary)
    return [piece.removeprefix(b"\r\n") for piece in pieces[1:] if not piece.startswith(b"--")]


def _read_part(part: bytes) -> Part:
    head, _, content = part.partition(b"\r\n\r\n")
    words = head.decode(errors="replace")
    name = re.search(r'\bname="([^"]*)"', words)
    filename = re.search(r'\bfilename="([^"]*)"', words)
    kind = re.search(r"(?im)^content-type:\s*(\S[^\r\n]*)", words)
    return Part(
        name=name[1] if name else "",
        body=read_body(content, kind[1] if kind else "text/plain"),
        filename=filename[1] if filename else None,
        type=kind[1] if kind else "",
    )
