"""docs/exports.md is what the exports are."""

from __future__ import annotations

import os

import pytest

from anyspace import UsageError
from anyspace.capture import EXPORTS
from tests.capture.page import PAGE, page, text_of


def test_the_page_of_exports_is_what_they_write():
    """Ours: docs/exports.md is generated and never edited."""
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("demo", ["flux", "midjourney"])
def test_the_page_has_every_export_for_both_spaces(demo):
    """Only `mcp-json` has none: the demo Spaces have no MCP server, and the page says so."""
    shown = PAGE.read_text(encoding="utf-8")
    for name in EXPORTS.keys() - {"mcp-json"}:
        assert text_of(demo, name) in shown
    with pytest.raises(UsageError) as caught:
        text_of(demo, "mcp-json")
    assert str(caught.value) in shown
