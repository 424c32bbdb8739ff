"""Files that an app wraps in text, HTML or JSON: made files that can be read and saved."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from anyspace import AsyncClient, FileError
from anyspace.client import file_at
from anyspace.tasks import run_task
from anyspace.testing import FakeEndpoint, FakeSpace

PNG = b"\x89PNG\r\n\x1a\n fox"
INLINE = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
PLACE = "/tmp/fake/a fox.png"


def drawing(answer: Any, component: str) -> FakeSpace:
    def infer(prompt: str) -> Any:
        return answer(app) if callable(answer) else answer

    endpoint = FakeEndpoint(name="/text_to_image", function=infer, outputs=[component])
    app = FakeSpace([endpoint])
    app.files[PLACE] = ("fox.png", PNG)
    return app


@pytest.mark.parametrize(
    ("answer", "component"),
    [
        (f'<img src="{INLINE}">', "html"),
        (f'<img src="/gradio_api/file={PLACE}">', "html"),
        (f'<img src="/file={PLACE.replace(" ", "%20")}">', "html"),
        (f'<img src="http://0.0.0.0:7860/file={PLACE}">', "html"),
        (lambda app: f'<img src="{app.url}/gradio_api/file=/tmp/fake/a%20fox.png">', "html"),
        ({"result": PLACE}, "json"),
        ({"result": INLINE}, "json"),
        ({"image": base64.b64encode(PNG + bytes(200)).decode()}, "json"),
    ],
    ids=["inline", "route", "escaped", "inner host", "address", "path", "data", "base64"],
)
async def test_a_file_in_something_else_can_be_read(tmp_path, answer, component):
    """Observed: apps write pictures into HTML and JSON in all of these ways."""
    async with drawing(answer, component) as app, AsyncClient(app.url) as client:
        made = await run_task(client, "text-to-image", {"prompt": "fox"})
        (picture,) = made.files
        assert (await picture.read()).startswith(PNG)
        assert (await picture.save(f"{tmp_path}/")).read_bytes().startswith(PNG)
        assert picture.mime_type == "image/png"


async def test_an_address_in_a_private_network_is_not_fetched_on_an_apps_word():
    """The client's rule for files elsewhere holds here too: only public hosts."""
    async with FakeSpace() as inner:
        words = f'<img src="{inner.url}/secret.png">'
        async with drawing(words, "html") as app, AsyncClient(app.url) as client:
            made = await run_task(client, "text-to-image", {"prompt": "fox"})
            with pytest.raises(FileError):
                await made.files[0].read()
        assert inner.requests == []


@pytest.mark.parametrize(
    ("address", "mime_type", "url", "name", "kind"),
    [
        ("https://x.hf.space/file=/a.png", "", "https://x.hf.space/file=/a.png", None, "image/png"),
        ("/static/fox.png", "image/*", "{root}/static/fox.png", "fox.png", "image/png"),
        ("fox.png", "", "{root}/fox.png", "fox.png", "image/png"),
        ("/tmp/fox.png", "", "{root}/gradio_api/file=/tmp/fox.png", "fox.png", "image/png"),
        ("https://x.y/fox", "audio/wav", "https://x.y/fox", "fox", "audio/wav"),
        ("http://[bad/file=/tmp/a.png", "", "http://[bad/file=/tmp/a.png", None, "image/png"),
    ],
)
async def test_an_address_leads_where_the_page_would_lead(address, mime_type, url, name, kind):
    """Relative to the page, or to the app's own file route; another app's stays its own."""
    async with FakeSpace() as app, AsyncClient(app.url) as client:
        file = file_at(client, address, mime_type)
        assert file.url == url.format(root=app.url)
        assert name is None or file.name == name
        assert file.mime_type == kind
