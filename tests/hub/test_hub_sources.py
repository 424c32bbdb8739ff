"""Every way to name a Space or an app."""

import pytest

from anyspace import UsageError
from anyspace.hub import Source, parse_source


@pytest.mark.parametrize(
    "text",
    [
        "ada/paint",
        " ada/paint\n",
        "spaces/ada/paint",
        "https://huggingface.co/spaces/ada/paint",
        "http://huggingface.co/spaces/ada/paint",
        "https://www.huggingface.co/spaces/ada/paint",
        "https://HuggingFace.co/spaces/ada/paint",
        "huggingface.co/spaces/ada/paint",
        "https://hf.co/spaces/ada/paint",
        "hf.co/spaces/ada/paint/",
        "https://huggingface.co/spaces/ada/paint/",
        "https://huggingface.co/spaces/ada/paint?logs=run#top",
        "https://huggingface.co/spaces/ada/paint/tree/main/src",
        "https://huggingface.co/spaces/ada/paint/discussions/7",
        "https://huggingface.co/spaces/ada/paint/settings",
        "https://huggingface.co/spaces/ada/paint/blob/main/app.py#L7",
        "https://huggingface.co/spaces/ada/paint/agents.md",
        "https://huggingface.co/spaces/ada/paint.git",
        "HF.co/spaces/ada/paint?duplicate=true",
    ],
)
def test_a_space_may_be_named_in_many_ways(text):
    """What users copy: the id, or the address bar."""
    assert parse_source(text) == Source(space_id="ada/paint")


@pytest.mark.parametrize(
    "name",
    [
        "0x00/a",
        "1234/a",
        "localhoster/a",
        "ada-l/my_paint.2",
        "A/B",
        "stabilityai/stable-diffusion-3.5",
    ],
)
def test_ids_have_the_letters_that_the_hub_allows(name):
    """Observed: names have dots, dashes and underscores."""
    assert parse_source(name).space_id == name


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://ada-paint.hf.space", "https://ada-paint.hf.space"),
        ("https://ada-paint.hf.space/", "https://ada-paint.hf.space"),
        ("ada-paint.hf.space", "https://ada-paint.hf.space"),
        ("https://1234abcd.gradio.live", "https://1234abcd.gradio.live"),
        ("http://localhost:7860", "http://localhost:7860"),
        ("localhost:7860", "http://localhost:7860"),
        ("localhost", "http://localhost"),
        ("localhost/sub", "http://localhost/sub"),
        ("127.0.0.1/sub/", "http://127.0.0.1/sub"),
        ("ada-paint.hf.space/sub", "https://ada-paint.hf.space/sub"),
        ("127.0.0.1:7860/", "http://127.0.0.1:7860"),
        ("nas:7860", "http://nas:7860"),
        ("[::1]:7860", "http://[::1]:7860"),
        ("http://[::1]:7860/app/", "http://[::1]:7860/app"),
        ("http://host:8000/sub/path", "http://host:8000/sub/path"),
        ("http://host:8000/sub/path///", "http://host:8000/sub/path"),
        ("http://host/config", "http://host"),
        ("http://host/gradio_api/info", "http://host"),
        ("http://host/gradio_api/info?all_endpoints=True", "http://host"),
        ("http://host/sub/gradio_api/", "http://host/sub"),
        ("http://host/?__theme=dark#section", "http://host"),
        ("abc.gradio.live", "https://abc.gradio.live"),
        ("1.2.3.4:7860/sub/path", "http://1.2.3.4:7860/sub/path"),
        ("https://ada-paint.hf.space/--replicas/ab12/", "https://ada-paint.hf.space"),
        ("HTTP://host", "http://host"),
        (
            "https://huggingface.co.evil.example/spaces/ada/paint",
            "https://huggingface.co.evil.example/spaces/ada/paint",
        ),
    ],
)
def test_any_app_has_an_address(text, url):
    """With or without a scheme; what users copy along is left out."""
    assert parse_source(text) == Source(url=url)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "https://",
        "http://:80",
        "http://a b",
        "ftp://host/app",
        "file:///etc/passwd",
        "javascript://x",
        "http://[",
        "http://[::1",
        "http://host:99999",
        "http://host:0",
        "http://host:port",
        "https://huggingface.co/ada/paint",
        "https://huggingface.co/datasets/ada/words",
        "https://huggingface.co/spaces/ada",
        "https://huggingface.co/spaces",
        "https://huggingface.co",
        "hf.co/spaces/ada",
    ],
)
def test_what_is_neither_is_refused(text):
    """Before anybody is asked."""
    with pytest.raises(UsageError):
        parse_source(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://ada:secret@host",
        "https://ada:secret@host:7860/app?x#y",
        "ada:secret@host:80",
        "ftp://ada:secret@host",
        "http://ada:secret@[::1",
        "http://secret@host:99999",
        "https://ada:secret@huggingface.co/spaces/a/b",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(text):
    """Ours: addresses end up in logs and errors."""
    with pytest.raises(UsageError) as caught:
        parse_source(text)
    assert "secret" not in str(caught.value)
    assert "auth=(user, password)" in str(caught.value)


def test_an_at_sign_in_a_path_is_no_password():
    """Only the part before the first slash counts."""
    assert parse_source("http://host/@ada/app").url == "http://host/@ada/app"


def test_a_page_of_the_environments_hub_is_a_spaces_page(monkeypatch):
    """``HF_ENDPOINT``: a mirror, or a Hub of one's own. Other paths there may be apps."""
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example:8443/")
    assert parse_source("https://hub.example:8443/spaces/ada/paint/tree/main") == Source(
        "ada/paint"
    )
    assert parse_source("https://hub.example:8443/app").url == "https://hub.example:8443/app"
    monkeypatch.delenv("HF_ENDPOINT")
    assert parse_source("https://hub.example:8443/spaces/ada/paint").space_id == ""
