"""Results that are kept, and given out again."""

from __future__ import annotations

import asyncio
import os
import resource
import tempfile
import threading
import time
from pathlib import Path

import msgspec
import pytest

from anyspace.gateway import create_app
from anyspace.gateway._errors import Refused
from anyspace.gateway.results import Content, KeptFile, ResultStore, safe_headers
from tests.gateway.conftest import client_of, picture

URL = "/v1/images/generations"
FOX = Content(b"a red fox", "fox in snow ❄.txt", "text/plain")


@pytest.fixture
async def store(tmp_path):
    made = ResultStore(tmp_path / "kept", max_age=3600, max_size=10_000)
    yield made
    await made.aclose()


def files_in(store: ResultStore) -> list[Path]:
    return [p for p in store.folder.glob("*/*") if p.suffix != ".json"]


async def pieces_of(pieces):
    for piece in pieces:
        yield piece


def storing(settings, **said):
    storage = msgspec.structs.replace(settings.storage, **said)
    return msgspec.structs.replace(settings, storage=storage)


# --- the store --------------------------------------------------------------------------


async def test_the_same_content_is_kept_once_and_others_cannot_guess_where(store, tmp_path):
    """Who knows a picture does not know its address: each folder has a secret."""
    first, again = await store.keep(FOX), await store.keep(FOX)
    assert (first, len(files_in(store))) == (again, 1)
    other = await ResultStore(tmp_path / "other").keep(FOX)
    assert other.key != first.key
    assert await KeptFile(store, first).read() == FOX.data


async def test_what_is_kept_already_is_asked_for_and_not_written_again(store):
    """Unless it is not all there, as after a sweep that took half of it."""
    kept = await store.keep(FOX)
    path, note = store.path_of(kept.key), store.path_of(kept.key).with_suffix(".json")
    was = path.stat()
    os.utime(path, (0, 0))
    await store.keep(FOX)
    assert path.stat().st_ino == was.st_ino
    assert path.stat().st_mtime >= was.st_mtime - 1
    for broken in (note.unlink, path.unlink, lambda: path.write_bytes(b"half")):
        broken()
        assert await store.keep(FOX) == kept
        assert path.read_bytes() == FOX.data
        assert await store.find(kept.key) == kept


async def test_a_file_comes_in_pieces_of_any_size(store):
    """Small ones are one write, big ones never whole in memory."""
    for pieces in ([], [b""], [b"ab", b"", b"c"], [b"x" * 300_000, b"y" * 600_000, b"z"]):
        kept = await store._keep(pieces_of(pieces), "x", "")
        assert kept.size == sum(map(len, pieces))
        assert store.path_of(kept.key).read_bytes() == b"".join(pieces)
        assert kept == await store.keep(Content(b"".join(pieces), "x", ""))
    assert not list(store.folder.glob("**/.new-*"))


async def test_the_secret_is_shared_by_processes(store):
    """Workers give out one another's files."""
    kept = await store.keep(FOX)
    assert await ResultStore(store.folder).find(kept.key) == kept


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 32, "0" * 31, "secret"])
async def test_a_key_is_never_a_path(store, key):
    """It comes from callers."""
    await store.keep(FOX)
    assert await store.find(key) is None


async def test_what_nobody_asked_for_goes(store):
    """Its age is the time since it was last asked for."""
    old, asked_for = await store.keep(FOX), await store.keep(FOX._replace(name="b"))
    before = time.time() - 3601
    for kept in (old, asked_for):
        os.utime(store.path_of(kept.key), (before + 10, before + 10))
    assert await store.find(asked_for.key) == asked_for  # notes that it was asked for
    os.utime(store.path_of(old.key), (before, before))
    assert await store.find(old.key) is None
    await store.sweep()
    assert [path.name for path in files_in(store)] == [asked_for.key]


async def test_what_was_asked_for_longest_ago_makes_room(store):
    """The size of all files stays within its limit."""
    roomy = ResultStore(store.folder)  # or it would make room by itself
    kept = [await roomy.keep(Content(bytes([n]) * 4000, "x", "")) for n in range(3)]
    await roomy.aclose()
    for age, one in zip((5, 30, 10), kept, strict=True):
        then = time.time() - age
        os.utime(store.path_of(one.key), (then, then))
    await store.sweep()
    assert {path.name for path in files_in(store)} == {kept[0].key, kept[2].key}


async def test_room_is_made_as_files_come(store):
    """Nobody has to ask for it."""
    for number in range(9):
        await store.keep(Content(bytes([number]) * 4000, "x", ""))
    async with asyncio.timeout(10):
        while sum(p.stat().st_size for p in files_in(store)) > 10_000:  # noqa: ASYNC110 - in a thread
            await asyncio.sleep(0.01)


async def test_a_file_that_is_being_written_is_left_alone(store):
    """Until it is so old that its process must have been killed."""
    await store.keep(FOX)
    fresh, dead = store.folder / ".new-fresh", store.folder / ".new-dead"
    for path, age in ((fresh, 0), (dead, 4000)):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age,) * 2)
    await store.sweep()
    assert (fresh.exists(), dead.exists()) == (True, False)


async def test_who_leaves_in_the_middle_leaves_nothing_behind(store, monkeypatch):
    """A caller that is gone while the disk is at work: the file is closed, and not half there."""
    entered, go_on = threading.Event(), threading.Event()

    def slowly(*args, **options):
        entered.set()
        go_on.wait(10)
        return make(*args, **options)

    make = tempfile.mkstemp
    kept = await store.keep(FOX)
    monkeypatch.setattr("anyspace.gateway.results._writing.tempfile.mkstemp", slowly)
    task = asyncio.create_task(store.keep(FOX._replace(data=b"x" * 300_000)))
    await asyncio.to_thread(entered.wait, 10)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [path.name for path in store.folder.rglob(".new-*")] == []
    assert [path.name for path in files_in(store)] == [kept.key]


async def test_without_room_nothing_is_left_behind(store):
    """A disk that is full in the middle of a file."""
    await store.keep(FOX)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(Refused, match="cannot be kept here") as caught:
            await store.keep(Content(bytes(3 << 20), "big", ""))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.status == 507
    assert (len(files_in(store)), list(store.folder.glob(".new-*"))) == (1, [])


# --- the route --------------------------------------------------------------------------


@pytest.fixture
async def kept_url(client):
    answer = await client.post(URL, json={"prompt": "a fox"})
    return answer.json()["data"][0]["url"]


async def test_a_file_may_be_had_in_parts(client, kept_url):
    """Players of sounds and films ask so."""
    whole = picture()
    answer = await client.get(kept_url, headers={"range": "bytes=4-9"})
    assert (answer.status_code, answer.content) == (206, whole[4:10])
    assert answer.headers["content-range"] == f"bytes 4-9/{len(whole)}"
    answer = await client.get(kept_url, headers={"range": f"bytes={len(whole)}-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(whole)}")
    answer = await client.get(kept_url, headers={"range": "bytes=4-9", "if-range": '"old"'})
    assert (answer.status_code, answer.content) == (200, whole)


async def test_a_file_that_the_caller_has_is_not_sent_again(client, kept_url):
    """By its ETag, which is its content's."""
    tag = (await client.get(kept_url)).headers["etag"]
    answer = await client.get(kept_url, headers={"if-none-match": f'"x", W/{tag}'})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_head_tells_without_giving(client, kept_url):
    """As players and download managers ask first."""
    answer = await client.head(kept_url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(picture()))


async def test_an_address_that_is_not_right_gives_nothing(client, kept_url):
    """In the shape of every other failure."""
    wrong = kept_url.replace(kept_url.split("/")[-2], "0" * 32)
    answer = await client.get(wrong)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "file_not_found")


@pytest.mark.parametrize(
    ("mime_type", "given", "shown"),
    [
        ("image/png", "image/png", "inline"),
        ("audio/mpeg", "audio/mpeg", "inline"),
        ("text/html", "text/html", "attachment"),
        ("image/svg+xml", "image/svg+xml", "attachment"),
        ("application/xhtml+xml", "application/xhtml+xml", "attachment"),
        ("text/html\r\nx-evil: 1", "application/octet-stream", "attachment"),
        ("", "application/octet-stream", "attachment"),
    ],
)
def test_nothing_that_can_act_is_shown_as_our_own(mime_type, given, shown):
    """A page or an SVG of a Space could run scripts with the gateway's origin."""
    headers = safe_headers('a"\r\n❄.png', mime_type)
    assert headers["content-type"] == given
    assert headers["content-disposition"].startswith(f"{shown}; filename*=UTF-8''a%22%0D%0A")
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]


async def test_a_public_address_is_used_where_one_is_set(settings):
    """Behind a proxy requests have another host than callers know."""
    serve = msgspec.structs.replace(settings.serve, public_url="https://ai.example/any/")
    app = create_app(msgspec.structs.replace(settings, serve=serve))
    async with client_of(app) as client:
        answer = await client.post(URL, json={"prompt": "a fox"})
    assert answer.json()["data"][0]["url"].startswith("https://ai.example/any/files/")


async def test_a_caller_is_told_when_there_is_no_room(settings, tmp_path):
    """And may have the picture itself, which takes none."""
    (tmp_path / "taken").write_text("a file where the folder should be")
    app = create_app(storing(settings, folder=str(tmp_path / "taken" / "below")))
    async with client_of(app) as client:
        answer = await client.post(URL, json={"prompt": "a fox"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (507, "storage_full")
        assert answer.headers["x-should-retry"] == "false"
        inline = {"prompt": "a fox", "response_format": "b64_json"}
        assert (await client.post(URL, json=inline)).status_code == 200


# --- answers that are remembered --------------------------------------------------------


@pytest.fixture
async def remembering(settings):
    async with client_of(create_app(storing(settings, cache=True))) as client:
        yield client


def drawn(space) -> int:
    return sum(request.path.endswith("/queue/join") for request in space.requests)


async def test_the_same_request_with_a_seed_is_answered_from_what_is_kept(remembering, space):
    """And says so; only where it is switched on."""
    asked = {"prompt": "a fox", "seed": 7, "response_format": "b64_json"}
    answers = [await remembering.post(URL, json=asked) for _ in range(2)]
    assert [a.headers.get("x-anyspace-cache") for a in answers] == [None, "hit"]
    first, second = (a.json() for a in answers)
    assert (second["data"], second["anyspace"]["cached"]) == (first["data"], True)
    assert drawn(space) == 1
    in_another_form = asked | {"output_format": "webp", "model": "flux"}
    again = await remembering.post(URL, json=in_another_form)
    assert (again.headers["x-anyspace-cache"], drawn(space)) == ("hit", 1)


@pytest.mark.parametrize("other", [{"seed": 8}, {"prompt": "a hare"}, {"size": "512x256"}])
async def test_another_request_is_made_anew(remembering, space, other):
    """Whatever decides what comes out counts."""
    asked = {"prompt": "a fox", "seed": 7}
    for body in (asked, asked | other):
        assert "x-anyspace-cache" not in (await remembering.post(URL, json=body)).headers
    assert drawn(space) == 2


async def test_without_a_seed_every_picture_is_a_new_one(remembering, space):
    """Who gives none wants another each time."""
    for _ in range(2):
        await remembering.post(URL, json={"prompt": "a fox"})
    assert drawn(space) == 2


async def test_nothing_is_remembered_unless_asked(client, space):
    """It is off by default."""
    for _ in range(2):
        await client.post(URL, json={"prompt": "a fox", "seed": 7})
    assert drawn(space) == 2


async def test_an_answer_whose_file_has_gone_is_made_anew(remembering, space, tmp_path):
    """Files age, and may be deleted by hand."""
    asked = {"prompt": "a fox", "seed": 7}
    await remembering.post(URL, json=asked)
    folder = tmp_path / "cache" / "anyspace" / "gateway"
    for path in folder.glob("??/*"):
        path.unlink()
    answer = await remembering.post(URL, json=asked)
    assert (answer.status_code, drawn(space)) == (200, 2)
    assert (await remembering.get(answer.json()["data"][0]["url"])).content == picture()
