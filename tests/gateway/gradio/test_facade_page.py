"""The page at a model's address, for people."""

from __future__ import annotations

import msgspec

from anyspace.gateway import read_settings
from anyspace.testing import FakeEndpoint, FakeSpace
from tests.gateway.gradio.serving import serving

EVIL = "<script>alert('x')</script>"


async def page_of(gateway, model):
    async with gateway.http.get(f"{gateway.at(model)}/") as answer:
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        return await answer.text()


async def test_the_page_says_what_this_is_and_how_to_use_it(gateway):
    """Its own HTML, and nothing from elsewhere."""
    page = await page_of(gateway, "flux")
    for text in ("/infer", "/run", "/space_infer", "num_inference_steps", "gradio_client"):
        assert text in page
    assert f"Client.connect(&quot;{gateway.at('flux')}&quot;)" in page
    assert "<script" not in page
    assert "src=" not in page
    assert "href=" not in page


async def test_what_a_space_says_is_text_there():
    """Names, labels, defaults and descriptions of an app are not trusted."""

    def odd(text: str = EVIL, pick: str = EVIL):
        return text

    endpoint = FakeEndpoint(
        name=f"/{EVIL}",
        function=odd,
        inputs=[
            {"type": "textbox", "label": EVIL},
            {"type": "radio", "label": "Pick", "choices": [EVIL, "b" * 100]},
        ],
        outputs=[{"type": "textbox", "label": EVIL}],
    )
    with FakeSpace([endpoint]) as space:
        table = read_settings(models={"m": space.url}).models["m"]
        odd_table = msgspec.structs.replace(table, description=EVIL)
        settings = msgspec.structs.replace(read_settings(), models={"m": odd_table})
        async with serving(settings) as gateway:
            page = await page_of(gateway, "m")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


async def test_an_app_without_endpoints_has_a_page_too():
    """Nothing to show is no error."""
    with FakeSpace() as space:
        async with serving({"m": space.url}) as gateway:
            assert "Gradio app" in await page_of(gateway, "m")
