"""The page of exports: what it shows, and what the tests run, are the same texts."""

from __future__ import annotations

from pathlib import Path

from anyspace import UsageError
from anyspace.capture import EXPORTS, Gateway, export
from anyspace.demo import DEMOS
from tests.capture.demos import ADDRESSES, call_of

PAGE = Path(__file__).parents[2] / "docs" / "exports.md"
GATEWAY = "http://127.0.0.1:8000"
THROUGH_A_GATEWAY = ("openai-python", "openai-js")

_HEAD = """\
# Exports

`anyspace export SRC [ENDPOINT] [ARGUMENTS…] --to NAME` writes a call as code for another tool, and
`anyspace paste` does the same for a call that was captured with a browser. Below, every export for
the two Spaces of `anyspace demo`: one shaped like {flux}, one
like {midjourney}. What keeps its default is left out. With `--task text-to-image`
the endpoint and the names are found by themselves.

A token is never written into code. For a Space of the Hub, code reads `$HF_TOKEN`; for a gateway
`$ANYSPACE_KEY`. With `--via URL` the code goes through an anyspace gateway: `openai-python` and
`openai-js` call its OpenAI routes (without `--via`, at {gateway}), the others the Gradio
app that it makes of the Space.

Every text below that is code was run by the tests against the running demo Spaces, and came back
with the picture. This page is generated: `UPDATE_DOCS=1 pytest tests/capture/test_capture_page.py`
writes it anew. A new export is one small file in `src/anyspace/capture/exports`.

| export | what it is |
|---|---|
"""


def text_of(demo: str, name: str) -> str:
    """An export of a demo as the page has it.

    Raises:
        UsageError: It has no form for this call.
    """
    call = call_of(demo)
    if name in THROUGH_A_GATEWAY:
        call = call.via(Gateway(GATEWAY, demo))
    return export(call, name)


def page() -> str:
    """The whole page."""
    shaped = {name: f"`{demo.shaped_like}`" for name, demo in DEMOS.items()}
    parts = [_HEAD.format(**shaped, gateway=GATEWAY)]
    parts += [f"| [`{name}`](#{name}) | {made.about} |\n" for name, made in EXPORTS.items()]
    for name, made in EXPORTS.items():
        parts.append(f"\n## {name}\n")
        for demo in ADDRESSES:
            parts.append(f"\n{DEMOS[demo].shaped_like}:\n\n{_shown(demo, name, made.language)}")
    return "".join(parts)


def _shown(demo: str, name: str, language: str) -> str:
    try:
        return f"```{language}\n{text_of(demo, name)}```\n"
    except UsageError as exc:
        return f"> {exc}\n"
