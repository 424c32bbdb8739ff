"""``/v1/embeddings``. The shapes are those of OpenAI's API reference."""

from __future__ import annotations

import base64
import math
import struct

import pytest

from anyspace.gateway import create_app
from anyspace.testing import FakeSpace
from tests.gateway.conftest import client_of
from tests.gateway.everything import settings_for

URL = "/v1/embeddings"


async def test_each_text_has_its_vector_in_the_order_of_the_texts(everything):
    """A call for each; they run side by side."""
    asked = {"model": "embedder", "input": ["four", "a", "seven!!"]}
    body = (await everything.post(URL, json=asked)).json()
    assert body["object"] == "list"
    assert [(each["index"], each["embedding"][0]) for each in body["data"]] == [
        (0, 4.0),
        (1, 1.0),
        (2, 7.0),
    ]
    assert body["usage"] == {"prompt_tokens": 0, "total_tokens": 0}


async def test_base64_holds_little_endian_floats(everything):
    """What OpenAI's clients ask for by themselves, and unpack so."""
    body = (await everything.post(URL, json={"input": "four", "encoding_format": "base64"})).json()
    raw = base64.b64decode(body["data"][0]["embedding"])
    assert struct.unpack("<4f", raw) == (4.0, 2.0, 3.0, 4.0)


async def test_fewer_dimensions_are_the_first_ones_brought_to_length_1(everything):
    """OpenAI shortens so, and says that callers may do it themselves."""
    body = (await everything.post(URL, json={"input": "four", "dimensions": 2})).json()
    assert body["data"][0]["embedding"] == pytest.approx([4 / math.sqrt(20), 2 / math.sqrt(20)])


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"input": [1, 2]}, "input"),
        ({"input": [[1, 2]]}, "input"),
        ({"input": ""}, "input"),
        ({"input": ["a", ""]}, "input"),
        ({"input": []}, "input"),
        ({"input": "a", "dimensions": 5}, "dimensions"),
        ({"input": "a", "encoding_format": "int8"}, "encoding_format"),
    ],
)
async def test_what_cannot_be_embedded_is_told(everything, asked, param):
    """Tokens are those of OpenAI's models; a Space has others."""
    answer = await everything.post(URL, json=asked)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize("given", [[[1.0, 2.0], [3.0, 4.0]], [1e300]])
async def test_what_is_no_vector_is_the_spaces_fault(given):
    """Ours: several vectors for one text are not averaged behind the caller's back."""
    with FakeSpace({"/embed": lambda text: {"embedding": given}}) as space:
        settings = settings_for(space.url, {"embedder": "feature-extraction"})
        async with client_of(create_app(settings)) as client:
            answer = await client.post(URL, json={"input": "a"})
    assert answer.status_code == 502
