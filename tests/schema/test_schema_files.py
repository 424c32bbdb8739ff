"""Which values are files, told from their JSON schema."""

import pytest

from anyspace.schema import holds_file, is_file_node
from anyspace.schema._files import definitions_of, resolve

TEXT = {"type": "string"}
FILE = {"type": "object", "properties": {"path": TEXT, "orig_name": TEXT}}
DEFS = {"$defs": {"FileData": FILE, "Loop": {"properties": {"next": {"$ref": "#/$defs/Loop"}}}}}
REF = {"$ref": "#/$defs/FileData"}


@pytest.mark.parametrize(
    ("node", "is_file"),
    [
        (FILE, True),
        ({"properties": {"path": TEXT, "meta": {}}}, True),
        ({"properties": {"path": TEXT, "url": TEXT, "size": {}}}, False),
        ({"properties": {"orig_name": TEXT, "meta": {}}}, False),
        ({"properties": ["path", "meta"]}, False),
        ({"type": "string", "path": 1, "meta": 1}, False),
        ({}, False),
    ],
)
def test_a_path_alone_makes_no_file(node, is_file):
    """Observed: FileData has `orig_name` in every version and `meta` from 4.21 on."""
    assert is_file_node(node) is is_file


@pytest.mark.parametrize(
    ("schema", "holds"),
    [
        (FILE, True),
        ({**DEFS, **REF}, True),
        ({"definitions": {"FileData": FILE}, "$ref": "#/definitions/FileData"}, True),
        ({**DEFS, "type": "array", "items": REF}, True),
        ({**DEFS, "properties": {"a": {"properties": {"b": {"items": REF}}}}}, True),
        ({**DEFS, "anyOf": [TEXT, REF]}, True),
        ({**DEFS, "oneOf": [TEXT, REF]}, True),
        ({**DEFS, "allOf": [REF]}, True),
        ({**DEFS, "prefixItems": [TEXT, REF]}, True),
        ({**DEFS, "additionalProperties": REF}, True),
        ({**DEFS, "additionalProperties": False, "items": True, "anyOf": 3}, False),
        ({**DEFS, "properties": {"a": TEXT}}, False),
        ({**DEFS, "$ref": "#/$defs/Loop"}, False),
        ({**DEFS, "anyOf": [{"$ref": "#/$defs/Loop"}, {"$ref": "#/$defs/Loop"}, REF]}, True),
        ({"$ref": "#/$defs/Missing"}, False),
        ({}, False),
    ],
)
def test_a_file_is_found_wherever_it_stands(schema, holds):
    """Observed: galleries, editors and messages hold files; a schema may refer to itself."""
    assert holds_file(schema) is holds


@pytest.mark.parametrize(
    ("node", "resolved"),
    [
        (TEXT, TEXT),
        (REF, FILE),
        ({"$ref": "#/$defs/Alias"}, FILE),
        ({"$ref": "#/$defs/Circle"}, {}),
        ({"$ref": "#/$defs/Missing"}, {}),
        ({"$ref": 3}, {"$ref": 3}),
        (True, {}),
        (None, {}),
    ],
)
def test_a_reference_is_followed_to_its_end(node, resolved):
    """JSON Schema; one that leads nowhere, or to itself, takes anything."""
    definitions = {"FileData": FILE, "Alias": REF, "Circle": {"$ref": "#/$defs/Circle"}}

    assert resolve(node, definitions) == resolved


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"$defs": {"A": TEXT}}, {"A": TEXT}),
        ({"definitions": {"A": TEXT}}, {"A": TEXT}),
        ({"$defs": {}, "definitions": {"A": TEXT}}, {"A": TEXT}),
        ({"$defs": ["A"]}, {}),
        ({}, {}),
    ],
)
def test_named_parts_have_two_names(schema, found):
    """JSON Schema: `$defs` now, `definitions` before (pydantic 1)."""
    assert definitions_of(schema) == found
