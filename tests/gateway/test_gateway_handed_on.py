"""What is handed on of a caller. The header is ZeroGPU's (``spaces`` 0.51 reads it)."""

from __future__ import annotations

import pytest

from anyspace.gateway._handed_on import headers_for

VISITOR = {"x-ip-token": "jwt"}


@pytest.mark.parametrize(
    ("src", "handed"),
    [
        ("ada/paint", VISITOR),
        ("https://huggingface.co/spaces/ada/paint", VISITOR),
        ("https://ada-paint.hf.space", VISITOR),
        ("http://ada-paint.hf.space", None),
        ("https://hf.space.evil.example", None),
        ("https://x.gradio.live", None),
        ("http://127.0.0.1:7860", None),
    ],
)
def test_a_visitors_token_goes_to_spaces_of_the_hub_only(src, handed):
    """Any other app could use it in the visitor's name."""
    assert headers_for(src, VISITOR) == handed
    assert headers_for(src, {}) is None


async def test_another_app_never_sees_it(client, space):
    """From the request to the wire."""
    asked = {"prompt": "a fox"}
    answer = await client.post("/v1/images/generations", json=asked, headers=VISITOR)
    assert answer.status_code == 200
    assert not any("x-ip-token" in request.headers for request in space.requests)
