"""Which values are files, told from their JSON schema.

Gradio describes a file as an object with a ``path`` and, next to it, ``orig_name``
or ``meta`` (``FileData``, ``ImageData``). A ``path`` alone says nothing: JSON may
have one too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["FileValue", "definitions_of", "holds_file", "is_file_node", "resolve"]

_MAX_REFERENCES: Final = 12  # a longer chain refers to itself


class FileValue:
    """A file among the arguments, before it is uploaded.

    Attributes:
        name: The file's own name, without folders.
        mime_type: ``""`` when unknown.
        size: Bytes, None when not known beforehand.
    """

    name: str
    mime_type: str
    size: int | None


def resolve(node: Any, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a ``$ref``; anything that is no schema takes everything."""
    for _ in range(_MAX_REFERENCES):
        if not isinstance(node, Mapping):
            return {}
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        node = definitions.get(reference.rpartition("/")[2])
    return {}


def definitions_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The named parts that a schema refers to."""
    found = schema.get("$defs") or schema.get("definitions")
    return found if isinstance(found, Mapping) else {}


def is_file_node(node: Mapping[str, Any]) -> bool:
    """Tell whether a value of this schema is itself a file."""
    properties = node.get("properties")
    return (
        isinstance(properties, Mapping)
        and "path" in properties
        and ("orig_name" in properties or "meta" in properties)
    )


def holds_file(schema: Mapping[str, Any]) -> bool:
    """Tell whether a file can stand anywhere in a value of this schema."""
    definitions = definitions_of(schema)
    todo: list[Mapping[str, Any]] = [schema]
    followed: set[str] = set()  # a schema may refer to itself
    while todo:
        part = todo.pop()
        reference = part.get("$ref")
        if isinstance(reference, str):
            if reference in followed:
                continue
            followed.add(reference)
        node = resolve(part, definitions)
        if is_file_node(node):
            return True
        todo.extend(_parts(node))
    return False


def _parts(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    parts: list[Any] = [node.get("items"), node.get("additionalProperties")]
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        listed = node.get(key)
        parts.extend(listed if isinstance(listed, list) else ())
    properties = node.get("properties")
    parts.extend(properties.values() if isinstance(properties, Mapping) else ())
    return [part for part in parts if isinstance(part, Mapping)]
