"""Files that apps return: fetched when asked for, kept whole or not at all, never trusted."""

from __future__ import annotations

import asyncio
import io
import os
import socket

import pytest
from PIL import Image

from anyspace import (
    AsyncClient,
    AsyncMediaFile,
    FileError,
    Limits,
    StreamBroken,
    Timeouts,
    TransportTimeout,
)
from anyspace.client._media import safe_name
from anyspace.client._resolver import PublicResolver
from anyspace.testing import FakeEndpoint, FakeSpace
from tests.client.support import PREFIX, connections_to, cut_off, file_data, for_ever, raw, until

FILE = f"{PREFIX}/file=/tmp/fox.png"
BYTES = bytes(range(256)) * 100


def png():
    buffer = io.BytesIO()
    Image.new("RGB", (6, 4), (255, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()


class Giving:
    """An app that returns files as the test says, and a client of it."""

    def __init__(self, **options):
        self.value = file_data("/tmp/fox.png")
        endpoint = FakeEndpoint(name="/give", function=lambda: self.value, outputs=["json"])
        self.space = FakeSpace([endpoint])
        self.space.files["/tmp/fox.png"] = ("fox.png", BYTES)
        self._options = options

    async def __aenter__(self):
        await self.space.start()
        self.client = AsyncClient(self.space.url, **self._options)
        return self

    async def __aexit__(self, *exc_info):
        await self.client.aclose()
        await self.space.stop()

    async def file(self, *args, **more) -> AsyncMediaFile:
        if args:
            self.value = file_data(*args, **more)
        return await self.client.predict()


def listed(folder):
    return sorted(path.name for path in folder.iterdir())


# --- reading ---------------------------------------------------------------------


async def test_nothing_is_fetched_until_it_is_asked_for():
    """Ours: a result may have a hundred files, of which one is wanted."""
    async with Giving() as app:
        file = await app.file()
        assert app.space.received(FILE) == []
        assert await file.read() == BYTES
        assert await file.read() == BYTES
        assert len(app.space.received(FILE)) == 2


async def test_a_file_says_what_it_is():
    """By the app's word, else by the name."""
    async with Giving() as app:
        file = await app.file("/tmp/x/fox.png", orig_name="A fox.PNG", size=7)
        assert (file.name, file.mime_type, file.size) == ("A fox.PNG", "image/png", 7)
        assert repr(file) == "<AsyncMediaFile 'A fox.PNG' image/png, 7 bytes>"
        odd = await app.file("/tmp/x/thing", mime_type=7, size="large", orig_name=None)
        assert (odd.name, odd.mime_type, odd.size) == ("thing", "", None)
        assert repr(odd) == "<AsyncMediaFile 'thing' unknown type>"


@pytest.mark.parametrize(
    "path",
    [
        "/tmp/with space.png",
        "/tmp/#1 100%.png",
        "/tmp/ünï 漢.png",
        "/tmp/a?b&c.png",
        "/tmp/%41.png",
    ],
)
async def test_the_address_is_built_from_the_path(path):
    """Observed: ``url`` is not escaped on 4.44 to 5.50, and missing on 4.16."""
    async with Giving() as app:
        app.space.files[path] = ("x", b"found")
        file = await app.file(path, f"{app.space.url}{PREFIX}/file={path}")
        assert await file.read() == b"found"


@pytest.mark.parametrize("host", ["", "http://10.0.0.7:7860"], ids=["relative", "inner host"])
async def test_a_file_of_an_app_behind_the_app_comes_through_it(host):
    """Observed on 4.19.2, 4.44.1 and 5.50.0: ``gr.load()`` makes such apps."""
    there = "https://ada-fox.hf.space/gradio_api/file="
    path = "/tmp/a fox.png"
    async with Giving() as app:
        app.space.answer("GET", f"{PREFIX}/proxy={there}{path}", 200, b"there")
        file = await app.file(path, f"{host}{PREFIX}/proxy={there}{path}")
        assert file.url == f"{app.space.url}{PREFIX}/proxy={there}/tmp/a%20fox.png"
        assert await file.read() == b"there"
        odd = await app.file(path, f"{PREFIX}/proxy=ftp://elsewhere/file={path}")
        assert odd.url == f"{app.space.url}{PREFIX}/file=/tmp/a%20fox.png"


async def test_an_address_with_an_inner_host_is_not_believed():
    """Observed: behind a proxy ``url`` may name a host that only the app sees."""
    async with Giving() as app:
        file = await app.file("/tmp/fox.png", "http://10.0.0.7:7860/gradio_api/file=/tmp/fox.png")
        assert await file.read() == BYTES


async def test_a_picture_is_decoded():
    """With Pillow, outside the loop."""
    async with Giving() as app:
        app.space.files["/tmp/fox.png"] = ("fox.png", png())
        image = await (await app.file()).image()
        assert (image.size, image.mode) == ((6, 4), "RGB")


@pytest.mark.parametrize("content", [b"", b"no picture", png()[:40]])
async def test_what_is_no_picture_is_a_file_error(content):
    """Ours: not an error of Pillow's."""
    async with Giving() as app:
        app.space.files["/tmp/fox.png"] = ("fox.png", content)
        with pytest.raises(FileError, match=r"fox\.png is no picture that can be read"):
            await (await app.file()).image()


async def test_a_file_can_be_read_after_its_client_was_closed():
    """Ours: results outlive the block they were made in; nothing stays open for it."""
    async with Giving() as app:
        file = await app.file()
        await app.client.aclose()
        assert await asyncio.gather(*(file.read() for _ in range(3))) == [BYTES] * 3
        await until(lambda: connections_to(app.space) == 0)
        app.space.on("GET", FILE, cut_off)
        with pytest.raises(StreamBroken):
            await file.read()
        await until(lambda: connections_to(app.space) == 0)


# --- saving ----------------------------------------------------------------------


async def test_saving_into_a_folder_overwrites_nothing(tmp_path):
    """fox.png, fox-2.png, fox-3.png."""
    async with Giving() as app:
        file = await app.file()
        (tmp_path / "fox.png").write_text("mine")
        saved = [await file.save(tmp_path) for _ in range(2)]
        assert [path.name for path in saved] == ["fox-2.png", "fox-3.png"]
        assert [path.read_bytes() for path in saved] == [BYTES] * 2
        assert (tmp_path / "fox.png").read_text() == "mine"
        assert listed(tmp_path) == ["fox-2.png", "fox-3.png", "fox.png"]


async def test_many_saved_at_once_get_a_name_each(tmp_path):
    """Looking for a free name and taking it is one step."""
    async with Giving() as app:
        file = await app.file()
        saved = await asyncio.gather(*(file.save(tmp_path) for _ in range(20)))
        assert len(set(saved)) == 20
        assert len(listed(tmp_path)) == 20


async def test_saving_to_a_file_replaces_it(tmp_path):
    """Whoever names a file means that file."""
    async with Giving() as app:
        target = tmp_path / "mine.png"
        target.write_text("old")
        assert await (await app.file()).save(target) == target
        assert target.read_bytes() == BYTES
        assert listed(tmp_path) == ["mine.png"]


@pytest.mark.parametrize("end", ["new/deep/", "new/deep/cat.png"])
async def test_folders_are_made_as_needed(tmp_path, end):
    """A slash at the end means a folder."""
    async with Giving() as app:
        saved = await (await app.file()).save(f"{tmp_path}/{end}")
        assert saved.parent == tmp_path / "new" / "deep"
        assert saved.name == ("cat.png" if end.endswith("png") else "fox.png")
        assert saved.read_bytes() == BYTES


async def test_a_large_file_is_written_in_pieces(tmp_path):
    """Ours: a film needs no memory of its size."""
    large = os.urandom(1024) * 5000
    async with Giving() as app:
        app.space.files["/tmp/fox.png"] = ("fox.png", large)
        assert (await (await app.file()).save(tmp_path)).read_bytes() == large


async def test_a_name_without_an_extension_is_numbered_too(tmp_path):
    """And one with only an extension."""
    async with Giving() as app:
        for path, names in (
            ("/tmp/fox", ["fox", "fox-2"]),
            ("/tmp/a.tar.gz", ["a.tar.gz", "a.tar-2.gz"]),
        ):
            app.space.files[path] = ("x", b"x")
            file = await app.file(path)
            assert [(await file.save(tmp_path)).name for _ in range(2)] == names


@pytest.mark.parametrize("place", ["folder", "file"])
async def test_a_download_that_is_cut_leaves_nothing_behind(tmp_path, place):
    """Ours: a file of that name is whole or not there."""
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n"
    async with Giving() as app:
        app.space.on("GET", FILE, raw(head + BYTES * 50))
        target = tmp_path if place == "folder" else tmp_path / "mine.png"
        if place == "file":
            target.write_text("old")
        with pytest.raises(StreamBroken):
            await (await app.file()).save(target)
        assert listed(tmp_path) == ([] if place == "folder" else ["mine.png"])
        assert place == "folder" or target.read_text() == "old"


async def test_a_download_that_is_given_up_leaves_nothing_behind(tmp_path):
    """Cancelled by a time limit, say."""

    async def halting(exchange):
        await exchange.start_stream()
        await exchange.send_chunk(BYTES)
        await asyncio.Event().wait()

    async with Giving() as app:
        app.space.on("GET", FILE, halting)
        file = await app.file()
        saving = asyncio.create_task(file.save(tmp_path))
        await until(lambda: listed(tmp_path))
        saving.cancel()
        await asyncio.wait({saving})
        assert saving.cancelled()
        assert listed(tmp_path) == []


async def test_a_place_that_cannot_be_written_is_a_file_error(tmp_path):
    """Ours: also when it is a file where a folder was meant."""
    (tmp_path / "file").write_text("x")
    async with Giving() as app:
        with pytest.raises(FileError, match=r"cannot write fox\.png"):
            await (await app.file()).save(tmp_path / "file" / "below.png")
        with pytest.raises(FileError, match=r"cannot write fox\.png"):
            await (await app.file()).save("/proc/nowhere/")


# --- names -----------------------------------------------------------------------

HOSTILE = [
    "../../../etc/passwd",
    "..",
    ".",
    "",
    "/",
    "\\\\server\\share\\x.png",
    "..\\..\\x.png",
    "C:\\Windows\\x.png",
    "C:x.png",
    "a\0b.png",
    "a\nb\x1b[31m.png",
    "x" * 4000,
    "x" * 4000 + ".png",
    "é" * 4000 + ".png",
    "x." + "y" * 4000,
    "CON",
    "nul.png",
    "com1.tar.gz",
    "LPT9",
    ".bashrc",
    "...",
    "~",
    "-rf",
    'a<b>c:d"e|f?g*h.png',
    "trailing. . .",
    "\ud800.png",
    " ",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_a_name(name):
    """Ours: folders, control characters, devices and long names go."""
    safe = safe_name(name)
    assert safe
    assert len(safe.encode()) <= 200
    assert not set(safe) & set('/\\\0\n\x1b<>:"|?*')
    assert safe.strip(" .") == safe
    assert safe.split(".")[0].lower() not in ("con", "nul", "com1", "lpt9")


def test_the_first_usable_name_is_taken():
    """What the app calls it, then its path, then its address."""
    assert safe_name(None, 7, "..", "a/b.png", "c.png") == "b.png"
    assert safe_name("http://x/a/b%20c.png?d=e#f") == "b c.png"
    assert safe_name("http://x") == "file"
    assert safe_name("http://[::1/b.png") == "b.png"
    assert safe_name() == "file"
    assert safe_name("x" * 4000 + ".png").endswith("x.png")


@pytest.mark.parametrize("name", [name for name in HOSTILE if "\ud800" not in name])
async def test_a_hostile_name_stays_in_the_folder(name, tmp_path):
    """Whatever the app calls its file."""
    folder = tmp_path / "downloads"
    async with Giving() as app:
        file = await app.file("/tmp/fox.png", orig_name=name)
        saved = [await file.save(f"{folder}/") for _ in range(2)]
        assert {path.parent for path in saved} == {folder}
        assert len(listed(folder)) == 2
        assert listed(tmp_path) == ["downloads"]
        assert all(path.is_file() and not path.is_symlink() for path in saved)


async def test_a_link_in_the_folder_is_not_followed(tmp_path):
    """Ours: another name is taken, and its target stays as it was."""
    target = tmp_path / "target"
    target.write_text("mine")
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "fox.png").symlink_to(target)
    async with Giving() as app:
        assert (await (await app.file()).save(folder)).name == "fox-2.png"
        assert target.read_text() == "mine"


# --- what goes wrong -------------------------------------------------------------


@pytest.mark.parametrize("status", [302, 401, 403, 404, 500, 503])
async def test_a_file_that_is_not_handed_out_is_a_file_error(status):
    """Ours: with its address and the status's meaning. Redirects are not followed."""
    async with Giving() as app:
        app.space.answer("GET", FILE, status, {"detail": "no"}, {"location": "http://x/"})
        with pytest.raises(FileError, match=r"file=/tmp/fox\.png cannot be fetched"):
            await (await app.file()).read()


async def test_a_file_that_is_not_there_does_not_lose_the_other_results():
    """Observed: apps clean up their files."""
    async with Giving() as app:
        app.value = [file_data("/tmp/gone.png"), file_data("/tmp/fox.png"), {"seed": 7}]
        gone, there, rest = await app.client.predict()
        with pytest.raises(FileError):
            await gone.read()
        assert await there.read() == BYTES
        assert rest == {"seed": 7}


@pytest.mark.parametrize(
    "data",
    [
        {"path": None, "url": None},
        {"path": "", "url": ""},
        {"path": 7, "url": ["x"]},
        {"path": "http://[", "url": "http://["},
        {"path": "http://x:99999/a", "url": "http://x:99999/a"},
        {"path": None, "url": "file:///etc/passwd"},
        {"path": None, "url": "ftp://example.com/x"},
        {"path": None, "url": "//example.com/x"},
        {"path": None, "url": "javascript:alert(1)"},
        {"path": None, "url": "/etc/passwd"},
        {"path": "http://", "url": None},
    ],
)
async def test_a_file_at_no_address_is_found_out_when_it_is_opened(data):
    """Ours: the results beside it must not be lost."""
    async with Giving() as app:
        app.value = [{**data, "meta": {"_type": "gradio.FileData"}}, "beside it"]
        file, other = await app.client.predict()
        assert other == "beside it"
        with pytest.raises(FileError):
            await file.read()


async def test_a_file_above_the_limit_is_not_read_to_its_end(tmp_path):
    """Ours: the bytes that come count, not the size that is said."""
    async with Giving(limits=Limits(file=1000)) as app:
        file = await app.file("/tmp/fox.png", size=3)
        for fetch in (file.read, file.image, lambda: file.save(tmp_path)):
            with pytest.raises(FileError, match=r"fox\.png is larger than the limit of 1000 bytes"):
                await fetch()
        assert listed(tmp_path) == []


async def test_a_file_that_claims_to_be_huge_is_read_as_far_as_the_limit(tmp_path):
    """A content-length of ten terabytes."""
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000000\r\n\r\n"

    async def huge(exchange):
        await exchange.send(head)
        while True:
            await exchange.send(b"x" * 10_000)

    async with Giving(limits=Limits(file=100_000)) as app:
        app.space.on("GET", FILE, huge)
        with pytest.raises(FileError, match="larger than the limit"):
            await (await app.file()).save(tmp_path)
        assert listed(tmp_path) == []


async def test_a_file_without_an_end_is_read_as_far_as_the_limit():
    """Chunks for ever."""

    async def endless_body(exchange):
        await exchange.start_stream()
        while True:
            await exchange.send_chunk(b"x" * 10_000)

    async with Giving(limits=Limits(file=100_000)) as app:
        app.space.on("GET", FILE, endless_body)
        with pytest.raises(FileError, match="larger than the limit"):
            await (await app.file()).read()


async def test_a_file_shorter_than_it_claims_is_not_whole():
    """Ours: half a picture is no picture."""
    async with Giving() as app:
        app.space.on("GET", FILE, raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"))
        with pytest.raises(StreamBroken):
            await (await app.file()).read()


async def test_a_file_that_does_not_come_ends_the_wait():
    """`first_message`: for an app's answer to a request."""
    async with Giving(timeouts=Timeouts(first_message=1)) as app:
        app.space.on("GET", FILE, for_ever)
        with pytest.raises(TransportTimeout) as caught:
            await (await app.file()).read()
        assert caught.value.limit == "first_message"


async def test_a_file_that_stops_coming_ends_the_wait(tmp_path):
    """`idle`: between two signs of life of a transfer."""

    async def halting(exchange):
        await exchange.start_stream()
        await exchange.send_chunk(BYTES)
        await asyncio.Event().wait()

    async with Giving(timeouts=Timeouts(idle=0.2)) as app:
        app.space.on("GET", FILE, halting)
        with pytest.raises(TransportTimeout) as caught:
            await (await app.file()).save(tmp_path)
        assert caught.value.limit == "idle"
        assert listed(tmp_path) == []


# --- other hosts -----------------------------------------------------------------


async def test_the_apps_own_origin_is_fine_wherever_it_lies():
    """It is the user who chose it, on this machine or not."""
    async with Giving() as app:
        own = f"{app.space.url}{FILE}"
        assert await (await app.file(own, own)).read() == BYTES


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "0",
        "2130706433",
        "127.1",
        "0177.0.0.1",
        "0x7f.1",
        "127.0.0.1.",
        "127。0。0。1",
        "①②⑦.⓪.⓪.①",
        "１２７.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00::1]",
    ],
)
async def test_a_file_in_a_private_network_is_not_fetched(host):
    """Ours: an app could make us fetch from inside the user's network; no connection is made."""
    async with FakeSpace() as inside, Giving() as app:
        port = inside.url.rpartition(":")[2]
        inside.answer("GET", "/secret", 200, b"SECRET")
        url = f"http://{host}:{port}/secret"
        with pytest.raises(FileError, match=r"not a public host|no address"):
            await (await app.file(url, url)).read()
        assert inside.connections == 0


async def test_another_port_of_the_apps_host_is_another_server():
    """Ours: scheme, host and port make the origin."""
    async with FakeSpace() as neighbour, Giving() as app:
        neighbour.answer("GET", "/x", 200, b"x")
        with pytest.raises(FileError, match="not a public host"):
            await (await app.file(f"{neighbour.url}/x", f"{neighbour.url}/x")).read()
        assert neighbour.connections == 0


@pytest.mark.parametrize(
    ("addresses", "allowed"),
    [
        (["93.184.215.14"], True),
        (["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"], True),
        (["93.184.215.14", "127.0.0.1"], False),
        (["169.254.169.254"], False),
        (["fe80::1%lo"], False),
    ],
)
async def test_a_name_is_public_when_all_its_addresses_are(monkeypatch, addresses, allowed):
    """Ours: checked on what will be connected to, so that a name cannot change its mind."""

    def look_up(host, port, *args, **kwargs):
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                socket.IPPROTO_TCP,
                "",
                (address, port, 0, 0) if ":" in address else (address, port),
            )
            for address in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    resolver = PublicResolver()
    if allowed:
        found = await resolver.resolve("files.example", 80, socket.AF_UNSPEC)
        assert [result["host"] for result in found] == addresses
    else:
        with pytest.raises(FileError, match=r"files\.example is not a public host"):
            await resolver.resolve("files.example", 80, socket.AF_UNSPEC)
    await resolver.close()
