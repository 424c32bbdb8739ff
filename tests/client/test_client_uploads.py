"""Uploads: what is sent to the app before a call, and what it is called there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PIL import Image

import anyspace
from anyspace import (
    ArgumentError,
    AsyncClient,
    AuthenticationError,
    FileError,
    QueueFull,
    RemoteProtocolError,
    SpaceUnavailable,
    StreamBroken,
    Timeouts,
    TransportTimeout,
    Uploading,
)
from anyspace.testing import FakeEndpoint, FakeSpace
from tests.client.support import JOIN, PREFIX, UPLOAD, cut_off, file_data, for_ever, problem_of

TAKE = [
    FakeEndpoint(name="/take", function=lambda file: file, inputs=["file"], outputs=["json"]),
    FakeEndpoint(name="/show", function=lambda image: image, inputs=["image"], outputs=["json"]),
    FakeEndpoint(name="/wall", function=lambda items: items, inputs=["gallery"], outputs=["json"]),
    FakeEndpoint(name="/echo", function=lambda text: text),
    FakeEndpoint(name="/give", function=lambda: file_data("/tmp/own"), outputs=["file"]),
]


def taken(space):
    """What the last call sent for its first parameter."""
    return space.received(JOIN)[-1].json()["data"][0]


# --- what is sent ----------------------------------------------------------------


async def test_a_file_is_sent_and_the_call_names_its_place_on_the_server(tmp_path):
    """Observed: FileData with the path that the upload answered."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"content")
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        await client.predict(path, api_name="/take")
        assert taken(space) == {
            "path": "/tmp/fake/0/a.txt",
            "url": None,
            "orig_name": "a.txt",
            "mime_type": "text/plain",
            "size": 7,
            "meta": {"_type": "gradio.FileData"},
        }
        assert space.files["/tmp/fake/0/a.txt"] == ("a.txt", b"content")


async def test_an_upload_of_known_size_says_it():
    """Servers and proxies judge by it before they read."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        await client.predict(b"x" * 3_000_000, api_name="/take")
        (upload,) = space.received(UPLOAD)
        assert int(upload.headers["content-length"]) == len(upload.body)
        assert space.files["/tmp/fake/0/file"][1] == b"x" * 3_000_000


async def test_several_files_go_in_one_upload_in_order():
    """Observed: field name ``files``, repeated."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        pictures = [Image.new("RGB", (n + 1, 1)) for n in range(3)]
        await client.predict([(pictures[0], "one"), *pictures[1:]], api_name="/wall")
        assert len(space.received(UPLOAD)) == 1
        assert [item["image"]["path"] for item in taken(space)] == [
            f"/tmp/fake/{n}/image.png" for n in range(3)
        ]
        assert [content[1][:4] for content in space.files.values()] == [b"\x89PNG"] * 3


async def test_the_updates_say_what_is_sent():
    """Ours: the first update of a job with files."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        job = await client.submit(b"12345", api_name="/take")
        first = await anext(job.updates())
        assert isinstance(first, Uploading)
        assert first.files == 1
        await job
        assert first.size == len(space.received(UPLOAD)[0].body)


@pytest.mark.parametrize(
    "name",
    [
        "ünï cødé 漢字 🦊.txt",
        "with spaces.txt",
        "#1 100%.txt",
        'a "quoted" name.txt',
        "semi;colon=equals.txt",
        "%41.txt",
        "+plus&and?.txt",
        "'.txt",
        "no extension",
    ],
)
async def test_names_survive_the_upload(name, tmp_path):
    """Observed: one official client sends "blob"."""
    path = tmp_path / name
    path.write_bytes(b"x")
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        await client.predict(path, api_name="/take")
        assert taken(space)["orig_name"] == name
        ((sent, _),) = space.files.values()
        assert sent == name.replace('"', "%22")  # as browsers do


async def test_a_line_break_in_a_name_adds_no_header():
    """Ours: a name is data."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        file = anyspace.file(b"x", name="a.txt")
        file.name = 'a"\r\nx-evil: yes\r\n\r\n.txt'
        await client.predict(file, api_name="/take")
        (upload,) = space.received(UPLOAD)
        head = upload.body.partition(b"\r\n\r\n")[0]
        assert head.count(b"\r\n") == 2
        assert b'filename="a%22%0D%0Ax-evil: yes%0D%0A%0D%0A.txt"' in head


async def test_the_same_file_twice_in_a_call_is_sent_once():
    """Ours: one object, one place on the server, wherever it stands in the call."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        file = anyspace.file(b"\x89PNG\r\n\x1a\n")
        await client.predict([file, file], api_name="/wall")
        first, second = taken(space)
        assert first == second
        assert list(space.files) == [first["image"]["path"]]


async def test_nothing_is_sent_for_a_call_without_files():
    """Ours."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        await client.predict("x", api_name="/echo")
        await client.predict(None, api_name="/take")
        assert space.received(UPLOAD) == []


async def test_a_default_file_goes_back_as_it_came():
    """Observed: it has a path on the server; it is never opened here."""
    default = file_data("/srv/example.png")
    endpoint = FakeEndpoint(
        name="/take",
        function=lambda file: file,
        inputs=["image"],
        outputs=["json"],
        defaults={"file": default},
    )
    async with FakeSpace([endpoint]) as space, AsyncClient(space.url) as client:
        await client.predict()
        assert taken(space) == default
        assert space.received(UPLOAD) == []


# --- what needs no upload, and what needs a download -----------------------------


async def test_a_file_of_the_same_app_is_not_sent_again():
    """It is there already: its FileData goes back as it came."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        file = await client.predict(api_name="/give")
        await client.predict(file, api_name="/take")
        assert taken(space) == file_data("/tmp/own")
        async with AsyncClient(space.url) as second:
            await second.predict(file, api_name="/take")
            assert taken(space) == file_data("/tmp/own")
        assert space.received(UPLOAD) == []


async def test_a_file_of_another_app_is_fetched_and_sent():
    """That app cannot read it from here."""
    async with FakeSpace(TAKE) as one, FakeSpace(TAKE) as two:
        one.files["/tmp/own"] = ("own", b"from one")
        async with AsyncClient(one.url) as first, AsyncClient(two.url) as second:
            file = await first.predict(api_name="/give")
            await second.predict(file, api_name="/take")
        assert list(two.files.values()) == [("own", b"from one")]


async def test_two_apps_of_one_host_are_two_apps():
    """Apps may be mounted below several paths of a server."""
    async with FakeSpace(TAKE) as space:
        for method, path, handler in (
            ("GET", "/config", space._send_config),
            ("GET", f"{PREFIX}/info", space._send_info),
            ("POST", f"{PREFIX}/queue/join", space._join),
            ("GET", f"{PREFIX}/queue/data", space._stream),
            ("POST", f"{PREFIX}/upload", space._upload),
        ):
            space.on(method, f"/second{path}", handler)
        space.files["/tmp/own"] = ("own", b"from the first")
        async with AsyncClient(space.url) as first, AsyncClient(f"{space.url}/second") as second:
            file = await first.predict(api_name="/give")
            await second.predict(file, api_name="/take")
        assert len(space.received(f"/second{UPLOAD}")) == 1


async def test_a_public_url_is_left_to_the_app():
    """Observed: apps fetch public URLs themselves."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        await client.predict("https://example.invalid/a/cat.png", api_name="/show")
        sent = taken(space)
        assert sent["path"] == sent["url"] == "https://example.invalid/a/cat.png"
        assert sent["orig_name"] == "cat.png"
        assert space.received(UPLOAD) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_url_of_this_machine_is_fetched_here_and_sent(host):
    """The app would look on its own machine."""
    async with FakeSpace() as shelf, FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        shelf.answer("GET", "/a cat.png", 200, b"meow", {"content-type": "image/png"})
        url = shelf.url.replace("127.0.0.1", host) + "/a%20cat.png?x=1"
        await client.predict(url, api_name="/show")
        assert list(space.files.values()) == [("a cat.png", b"meow")]
        assert taken(space)["orig_name"] == "a cat.png"


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "10.0.0.1"])
async def test_an_address_that_somebody_else_wrote_is_not_read_from_this_network(host):
    """Ours: who calls a server of ours must not see what only the server can reach."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url, public_only=True) as client:
        with pytest.raises(ArgumentError, match=r"not (on )?a public host"):
            await client.predict(image=f"http://{host}/a", api_name="/show")
        with pytest.raises(FileError, match="not a public host"):
            await client.predict(image=anyspace.file(f"http://{host}/a"), api_name="/show")
        assert space.received(JOIN) == []


async def test_a_url_of_this_machine_may_redirect():
    """Ours: it is the user's own address; a few times at most."""
    async with FakeSpace() as shelf, FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        shelf.answer("GET", "/old.png", 302, headers={"location": "/new.png"})
        shelf.answer("GET", "/new.png", 200, b"meow")
        await client.predict(f"{shelf.url}/old.png", api_name="/show")
        assert list(space.files.values()) == [("old.png", b"meow")]
        shelf.answer("GET", "/old.png", 302, headers={"location": "/old.png"})
        with pytest.raises(FileError, match="redirects more than"):
            await client.predict(f"{shelf.url}/old.png", api_name="/show")


# --- what is refused here --------------------------------------------------------


async def test_a_plain_text_where_a_file_is_taken_is_answered_with_advice():
    """Ours: whether it means a path cannot be known, and reading it would be a leak."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        with pytest.raises(ArgumentError) as caught:
            await client.predict("cat.png", api_name="/take")
        assert "Path('cat.png')" in str(caught.value)
        assert "anyspace.file('cat.png')" in str(caught.value)
        assert space.received(UPLOAD) == space.received(JOIN) == []


async def test_a_path_where_text_is_taken_is_refused():
    """Ours: it would be sent as text, which is never meant."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        with pytest.raises(ArgumentError, match="takes no file"):
            await client.predict(Path("cat.png"), api_name="/echo")
        assert space.received(JOIN) == []


@pytest.mark.parametrize(("path", "words"), [("missing.png", "No such file"), ("", "is a folder")])
async def test_a_file_that_is_not_there_is_a_wrong_argument(path, words, tmp_path):
    """Ours: told with the other problems, before anything is sent."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        with pytest.raises(ArgumentError, match=words):
            await client.predict(tmp_path / path, api_name="/take")
        assert space.received(UPLOAD) == []


async def test_a_file_above_the_apps_limit_is_refused_before_it_is_sent():
    """Observed: ``max_file_size`` stands in /config (4.28+)."""
    async with FakeSpace(TAKE, config={"max_file_size": 10}) as space:
        async with AsyncClient(space.url) as client:
            with pytest.raises(ArgumentError, match="has 11 bytes, the app takes at most 10"):
                await client.predict(b"x" * 11, api_name="/take")
            assert space.received(UPLOAD) == []
            await client.predict(b"x" * 10, api_name="/take")
            await client.predict(b"x" * 11, api_name="/take", check=False)


# --- what goes wrong on the way --------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (413, {"detail": "File too large"}, FileError),
        (413, "<html><title>413 Request Entity Too Large</title></html>", FileError),
        (400, {"detail": "bad part"}, FileError),
        (401, {"detail": "Not authenticated"}, AuthenticationError),
        (500, {"detail": "disk full"}, RemoteProtocolError),
        (503, {"detail": "Queue is full."}, QueueFull),
        (502, "", SpaceUnavailable),
        (200, "<html>", RemoteProtocolError),
        (200, [], RemoteProtocolError),
        (200, ["/a", "/b"], RemoteProtocolError),
        (200, [7], RemoteProtocolError),
    ],
)
async def test_a_refused_upload_is_told_and_nothing_submitted(status, body, error):
    """Ours: each status its error."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        space.answer("POST", UPLOAD, status, body)
        problem = await problem_of(client.predict(b"x", api_name="/take"))
        assert type(problem) is error
        assert (problem.space, problem.endpoint) == (space.url, "/take")
        assert space.received(JOIN) == []
        assert len(space.received(UPLOAD)) == 1


async def test_an_upload_that_is_cut_breaks_the_stream():
    """Nothing was submitted, and the upload is not repeated."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        space.on("POST", UPLOAD, cut_off)
        problem = await problem_of(client.predict(b"x" * 2_000_000, api_name="/take"))
        assert isinstance(problem, StreamBroken)
        assert space.received(JOIN) == []
        assert len(space.received(UPLOAD)) == 1


async def test_an_upload_that_nobody_answers_ends():
    """`idle`, counted from the last piece that was taken."""
    async with FakeSpace(TAKE) as space:
        async with AsyncClient(space.url, timeouts=Timeouts(idle=0.2)) as client:
            space.on("POST", UPLOAD, for_ever)
            problem = await problem_of(client.predict(b"x", api_name="/take"))
            assert isinstance(problem, TransportTimeout)
            assert problem.limit == "idle"
            assert space.received(JOIN) == []


async def test_an_upload_counts_for_the_time_of_the_whole_call():
    """`total`, uploads included."""
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        space.on("POST", UPLOAD, for_ever)
        problem = await problem_of(client.predict(b"x", api_name="/take", timeout=0.2))
        assert isinstance(problem, TransportTimeout)
        assert problem.limit == "total"


async def test_a_file_that_goes_before_it_is_sent_is_told_as_such(tmp_path):
    """Ours: not as a fault of the app, which only saw a request that ended too soon."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        file = anyspace.file(path)
        path.unlink()
        with pytest.raises(FileError, match=r"a\.txt cannot be read"):
            await client.predict(file, api_name="/take")
        assert space.received(JOIN) == []


async def test_a_url_that_answers_404_is_told_as_such():
    """Ours: with the address that the user gave."""
    async with FakeSpace() as shelf, FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        with pytest.raises(FileError, match=f"{shelf.url}/gone.png cannot be fetched"):
            await client.predict(f"{shelf.url}/gone.png", api_name="/show")
        assert space.received(JOIN) == []


async def test_one_file_that_cannot_be_sent_leaves_other_calls_alone(tmp_path):
    """Ours: each call has its own upload."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    async with FakeSpace(TAKE) as space, AsyncClient(space.url) as client:
        gone = anyspace.file(path)
        path.unlink()
        outcomes = await asyncio.gather(
            client.predict(gone, api_name="/take"),
            client.predict(b"there", api_name="/take"),
            return_exceptions=True,
        )
        assert isinstance(outcomes[0], FileError)
        assert ("file", b"there") in space.files.values()
