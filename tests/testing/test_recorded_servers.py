"""Real Gradio apps are recorded; with the app gone, the recording gives the same again."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

import anyspace
from anyspace import Client
from anyspace.client import Output
from anyspace.testing import Player, Recorder
from tests.servers.environments import LATEST
from tests.servers.processes import gradio_app

pytestmark = pytest.mark.servers

VERSIONS = [LATEST, "4.44.1", "4.16.0", "4.0.2", "3.50.2"]
PASSWORD = "lovelace"
TOKEN = "hf_" + "aB3dE5gH7jK9mN1pQ3"


def live(client: Client) -> list[object]:
    """All kinds of calls, and what came of them."""
    seen: list[object] = []
    seen.append(client.predict("naïve 文字", api_name="/echo"))
    seen.append(client.predict(1, 40, api_name="/numbers"))
    job = client.submit(6, api_name="/grow")
    seen += [update.value for update in job.updates() if isinstance(update, Output)]
    seen.append(tuple(job.result()))
    seen.append(client.predict("ada", api_name="/with_logs"))

    sent = anyspace.file(bytes(range(256)) * 40, name="ä b.bin")
    (copied,) = client.predict([sent], api_name="/copy_files")
    seen += [copied.name, copied.read()]
    picture = Image.fromarray(np.arange(300, dtype=np.uint8).reshape(10, 10, 3))
    seen.append(client.predict(picture, api_name="/invert").read())
    gallery = client.predict(2, api_name="/gallery")
    seen += [(item["image"].read(), item["caption"]) for item in gallery]

    with pytest.raises(anyspace.AppError) as caught:
        client.predict("boom", api_name="/raise_error")
    seen.append(caught.value.message)

    job = client.submit(60, "cancelled", api_name="/slow")
    for update in job.updates():
        if isinstance(update, Output):
            job.cancel()
    with pytest.raises(anyspace.JobCancelled):
        job.result()
    return seen


@pytest.mark.parametrize("version", VERSIONS)
def test_a_recording_gives_what_the_app_gave(version, tmp_path):
    """Plain, in steps, with files both ways, an error, a cancel: all of it and only it."""
    path = tmp_path / "talk.transcript"
    with gradio_app(version) as url, Recorder(url, path) as app, Client(app.url) as client:
        expected = live(client)
    with Player(path, strict=True) as app, Client(app.url) as client:
        assert live(client) == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_no_secret_gets_into_the_files(version, tmp_path):
    """Observed of real logins: neither the password nor a cookie, nor a token the user sends."""
    path = tmp_path / "talk.transcript"
    with gradio_app(version, "--auth") as url, Recorder(url, path) as app:
        options = {"auth": ("ada", PASSWORD), "headers": {"authorization": f"Bearer {TOKEN}"}}
        with Client(app.url, **options) as client:
            assert client.predict(f"my key is {TOKEN}", api_name="/echo") == f"my key is {TOKEN}"
            sent = anyspace.file(f"{PASSWORD} {TOKEN}".encode() * 999, name="notes.txt")
            client.predict([sent], api_name="/copy_files")
        cookies = [
            cookie.partition("=")[2].partition(";")[0]
            for record in app._records
            for cookie in getattr(record, "cookies", ())
        ]
    assert len(cookies) >= 1
    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    for secret in (PASSWORD, TOKEN, *cookies):
        assert [file for file in written if secret.encode() in file.read_bytes()] == []
    with Player(path) as app, Client(app.url, auth=("ada", "whatever")) as client:
        assert client.predict("my key is none", api_name="/echo") == "my key is REDACTED"


@pytest.mark.parametrize("recorded_by", ["anyspace", "gradio_client"])
def test_gradios_own_client_can_be_played_to(kitchen_of_today, tmp_path, recorded_by):
    """Whoever made the recording; it asks the same in words of its own."""
    gradio_client = pytest.importorskip("gradio_client")
    path = tmp_path / "talk.transcript"

    def use_gradios(url: str) -> list[object]:
        client = gradio_client.Client(url, verbose=False, analytics_enabled=False)
        try:
            # One after the other: it may miss a second job on a stream that is being closed.
            job = client.submit(3, api_name="/count")
            return [job.result(), job.outputs(), client.predict("hello", api_name="/echo")]
        finally:
            client.close()

    def use_ours(url: str) -> list[object]:
        with Client(url) as client:
            job = client.submit(3, api_name="/count")
            values = [u.value for u in job.updates() if isinstance(u, Output)]
            return [job.result(), values, client.predict("hello", api_name="/echo")]

    with Recorder(kitchen_of_today(), path) as app:
        (use_ours if recorded_by == "anyspace" else use_gradios)(app.url)
    with Player(path) as app:
        assert use_gradios(app.url) == ["2", ["0", "1", "2"], "hello"]


def test_recording_the_same_again_changes_little(kitchen_of_today, tmp_path):
    """Ours: what was made up for the run is numbered, so the files can be compared."""

    def record(name: str) -> list[object]:
        path = tmp_path / name
        with Recorder(kitchen_of_today(), path) as app, Client(app.url) as client:
            client.predict("hello", api_name="/echo")
        records = [json.loads(text) for text in _values(path.read_text())]
        for value in records:
            value.pop("at", None)
        return [value for value in records if value.get("what") in ("request", "end")]

    assert record("one") == record("two")


def _values(text: str) -> list[str]:
    decoder, at, found = json.JSONDecoder(), 0, []
    while at < len(text):
        end = decoder.raw_decode(text, at)[1]
        found.append(text[at:end])
        at = end + 1
    return found
