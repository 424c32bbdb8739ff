"""``/v1/images/edits`` and ``/variations``. The shapes are those of OpenAI's API reference."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from tests.gateway.everything import picture
from tests.gateway.sse import events

EDITS = "/v1/images/edits"
VARIATIONS = "/v1/images/variations"


def part(content: bytes | None = None, name: str = "a.png") -> tuple[str, bytes, str]:
    return name, picture() if content is None else content, "image/png"


def sent(space) -> list:
    """What the last job was given."""
    joins = [request for request in space.requests if request.path.endswith("/queue/join")]
    return joins[-1].json()["data"]


async def test_a_picture_is_changed_and_a_forms_text_becomes_numbers(
    everything, space_of_everything
):
    """Forms have text only; OpenAI's clients put `extra_body` among the fields."""
    answer = await everything.post(
        EDITS,
        data={"model": "editor", "prompt": "1984", "strength": "0.25", "seed": "7"},
        files={"image": part()},
    )
    assert answer.status_code == 200
    found = await everything.get(answer.json()["data"][0]["url"])
    assert found.content == picture("blue")
    image, *rest = sent(space_of_everything)
    assert space_of_everything.files[image["path"]] == ("a.png", picture())
    assert rest == ["1984", 0.25, 7]


async def test_of_several_pictures_those_the_space_has_no_place_for_are_told(everything):
    """OpenAI's clients call several ``image[]``."""
    answer = await everything.post(
        EDITS,
        data={"model": "editor", "prompt": "x"},
        files=[("image[]", part()), ("image[]", part(picture("blue"), "b.png"))],
    )
    assert answer.json()["anyspace"]["notes"] == ["image takes one file: 1 more were left out"]


async def test_a_mask_is_white_for_the_space_where_openais_is_transparent(everything):
    """OpenAI: "fully transparent areas indicate where image should be edited"."""
    half = Image.new("RGBA", (8, 8), (1, 2, 3, 255))
    half.paste((0, 0, 0, 0), (0, 0, 4, 8))
    mask = io.BytesIO()
    half.save(mask, "png")
    answer = await everything.post(
        EDITS,
        data={"model": "filler", "prompt": "x", "response_format": "b64_json"},
        files={"image": part(), "mask": part(mask.getvalue(), "mask.png")},
    )
    given = Image.open(io.BytesIO(base64.b64decode(answer.json()["data"][0]["b64_json"])))
    grey = given.convert("L")
    assert (grey.getpixel((0, 0)), grey.getpixel((7, 7))) == (255, 0)
    assert answer.json()["anyspace"]["endpoint"] == "/inpaint"


async def test_a_mask_without_transparency_is_taken_for_one_of_ours(everything):
    """Ours: as OpenAI means it, nothing would be painted at all."""
    answer = await everything.post(
        EDITS,
        data={"model": "filler", "prompt": "x", "response_format": "b64_json"},
        files={"image": part(), "mask": part(picture("white"), "mask.png")},
    )
    given = Image.open(io.BytesIO(base64.b64decode(answer.json()["data"][0]["b64_json"])))
    assert given.convert("L").getpixel((0, 0)) == 255


async def test_a_variation_needs_no_words(everything):
    """OpenAI's variations have no prompt."""
    answer = await everything.post(
        VARIATIONS,
        data={"model": "editor", "n": "1", "output_format": "webp", "response_format": "b64_json"},
        files={"image": part()},
    )
    (made,) = answer.json()["data"]
    assert Image.open(io.BytesIO(base64.b64decode(made["b64_json"]))).format == "WEBP"


async def test_a_change_is_streamed(everything):
    """As OpenAI's: events of ``image_edit``."""
    answer = await everything.post(
        EDITS,
        data={"model": "editor", "prompt": "x", "stream": "true"},
        files={"image": part()},
    )
    ((name, done),) = events(answer.text)
    assert name == done["type"] == "image_edit.completed"
    assert base64.b64decode(done["b64_json"]) == picture("blue")


@pytest.mark.parametrize(
    ("data", "files", "param"),
    [
        ({"prompt": "x"}, {"mask": part()}, "image"),
        ({}, {"image": part()}, "prompt"),
        ({"prompt": "x", "n": "many"}, {"image": part()}, "n"),
        ({"prompt": "x", "size": "large"}, {"image": part()}, "size"),
        ({"prompt": "x", "image": "words"}, {"mask": part()}, "image"),
        ({"prompt": "x", "image": "http://127.0.0.1/a.png"}, {"mask": part()}, "image"),
        ({"prompt": "x", "strenght": "1"}, {"image": part()}, "strenght"),
        ({"prompt": "x", "model": "filler"}, {"image": part(), "mask": part(b"no")}, "mask"),
    ],
)
async def test_what_is_wrong_with_a_form_is_told_by_its_field(everything, data, files, param):
    """Errors in OpenAI's shape."""
    answer = await everything.post(EDITS, data={"model": "editor", **data}, files=files)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"),
        (b"", "multipart/form-data"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"--x\r\ncontent-disposition: form-data; name=a\r\n\r\n\xff\r\n--x--\r\n",
         "multipart/form-data; boundary=x"),
        (b"--x\r\ncontent-disposition: form-data; name=a\r\n"
         b"content-type: text/plain; charset=klingon\r\n\r\na\r\n--x--\r\n",
         "multipart/form-data; boundary=x"),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_form_is_the_callers_fault(everything, content, kind):
    """Ours: whatever is sent, the answer is an error in OpenAI's shape."""
    answer = await everything.post(EDITS, content=content, headers={"content-type": kind})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
