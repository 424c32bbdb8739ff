"""`FakeSpace` plays Gradio's side of the wire: what tests of its users rely on."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import urlsplit

import aiohttp
import msgspec
import pytest
from yarl import URL

import anyspace
from anyspace import AsyncClient, Client
from anyspace.protocol import GENERATIONS, Log, Progress, ProgressUnit, Queued
from anyspace.schema import parse_app
from anyspace.testing import Cut, FakeEndpoint, FakeFile, FakeSpace, Pause, Raw, Silence
from tests.client.support import CANCEL, DATA, INFO, JOIN, UPLOAD, echo, endless, slow, until


@pytest.fixture
async def http():
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def messages(http, space, body):
    """Submit a job as Gradio's own page does; return its messages."""
    session_hash = body["session_hash"]
    async with http.post(f"{space.url}{JOIN}", json=body) as joined:
        assert joined.status == 200
        assert list(await joined.json()) == ["event_id"]
    async with http.get(f"{space.url}{DATA}", params={"session_hash": session_hash}) as stream:
        assert stream.content_type == "text/event-stream"
        text = await stream.text()
    return [msgspec.json.decode(line.removeprefix("data: ")) for line in text.split("\n\n") if line]


# --- describing itself -----------------------------------------------------------


def test_it_describes_its_endpoints_as_gradio_does():
    """Names, defaults, components and visibility, from the functions."""
    space = FakeSpace(
        [
            FakeEndpoint(
                name="/infer",
                function=lambda prompt, seed, history: None,
                inputs=["textbox", "number", "state"],
                outputs=["image", "number", "state"],
                defaults={"seed": 7},
            ),
            FakeEndpoint(name="/own", function=lambda: None, visibility="private"),
        ],
        config={"title": "Paint", "max_file_size": 1000},
    )
    app = parse_app(msgspec.json.encode(space.config), msgspec.json.encode(space.info))
    infer = app.endpoints["/infer"]
    assert [(p.name, p.component, p.required, p.default) for p in infer.parameters] == [
        ("prompt", "textbox", True, None),
        ("seed", "number", False, 7),
    ]
    assert [output.gives_file for output in infer.outputs] == [True, False]
    assert app.private == ("/own",)
    assert (app.title, app.version, app.max_file_size) == ("Paint", "6.31.0", 1000)


def test_an_endpoint_whose_inputs_do_not_fit_its_function_is_a_mistake():
    """Found when the app is made, not in the middle of a test."""
    with pytest.raises(ValueError, match="zip"):
        FakeSpace([FakeEndpoint(name="/x", function=echo, inputs=["textbox", "number"])])


@pytest.mark.parametrize(
    ("version", "prefix"), [("4.44.1", ""), ("5.0.0", "/gradio_api"), ("6.31.0", "/gradio_api")]
)
async def test_its_paths_are_those_of_its_version(version, prefix):
    """Observed: the prefix came with 5.0."""
    async with FakeSpace({"/echo": echo}, version=version) as space:
        async with AsyncClient(space.url) as client:
            assert await client.predict("x") == "x"
            assert client.wire.prefix == prefix
        assert {request.path for request in space.requests} == {
            "/config",
            f"{prefix}/info",
            f"{prefix}/queue/join",
            f"{prefix}/queue/data",
        }


@pytest.mark.parametrize("generation", ["sse_v1", "sse_v2", "sse_v2.1", "sse_v3"])
def test_it_claims_the_version_that_spoke_its_generation_first(generation):
    """Unless the test says another."""
    row = GENERATIONS[generation]
    space = FakeSpace({"/echo": echo}, generation=generation)
    assert space.config["protocol"] == generation
    assert space.config["version"] == (row.since if generation != "sse_v3" else "6.31.0")
    assert FakeSpace(generation=generation, version="4.44.1").config["version"] == "4.44.1"


@pytest.mark.parametrize("generation", ["sse_v1", "sse_v2", "sse_v2.1", "sse_v3"])
async def test_steps_are_edits_in_the_generations_that_have_them(http, generation):
    """Observed: from sse_v2 on; and only sse_v3 says that it closes the stream."""

    def steps():
        yield "a"
        yield "b"

    async with FakeSpace({"/steps": steps}, generation=generation) as space:
        body = {"data": [], "fn_index": 0, "session_hash": "s"}
        async with http.post(f"{space.url}{space.prefix}/queue/join", json=body):
            pass
        async with http.get(f"{space.url}{space.prefix}/queue/data?session_hash=s") as stream:
            text = await stream.text()
        row = GENERATIONS[generation]
        assert ('[["replace",[],"b"]]' in text) is row.sends_edits
        assert ("close_stream" in text) is row.announces_close


Shape = Literal["round", "square"]
Steps = Annotated[int, {"type": "slider", "minimum": 1, "maximum": 50, "label": "How many"}]


def described(
    prompt: str,
    seed: int,
    strength: float = 0.5,
    fast: bool = False,
    shape: Shape = "round",
    steps: Steps = 4,
    extra: str | None = None,
    options: dict[str, int] | None = None,
    photo: FakeFile | None = None,
    mask: Annotated[FakeFile, "image"] = None,
    guessed=7,
    unknown=None,
) -> tuple[Annotated[FakeFile, "image"], int]:
    raise NotImplementedError


def test_signatures_tell_what_an_endpoint_takes_and_gives():
    """Annotations first, then defaults, and text where nothing tells."""
    space = FakeSpace({"/infer": described})
    app = parse_app(msgspec.json.encode(space.config), msgspec.json.encode(space.info))
    infer = app.endpoints["/infer"]
    assert [(p.name, p.component, p.required, p.default) for p in infer.parameters] == [
        ("prompt", "textbox", True, None),
        ("seed", "number", True, None),
        ("strength", "number", False, 0.5),
        ("fast", "checkbox", False, False),
        ("shape", "radio", False, "round"),
        ("steps", "slider", False, 4),
        ("extra", "textbox", False, None),
        ("options", "json", False, None),
        ("photo", "file", False, None),
        ("mask", "image", False, None),
        ("guessed", "number", False, 7),
        ("unknown", "textbox", False, None),
    ]
    shape, steps = infer.parameters[4:6]
    assert [choice.value for choice in shape.choices] == ["round", "square"]
    assert (steps.label, steps.minimum, steps.maximum) == ("How many", 1, 50)
    assert [(out.component.lower(), out.gives_file) for out in infer.outputs] == [
        ("image", True),
        ("number", False),
    ]


def one_step() -> Iterator[tuple[str, float]]:
    yield "a", 1.0


def no_output() -> None:
    pass


@pytest.mark.parametrize(
    ("function", "kinds"),
    [
        (one_step, ["Textbox", "Number"]),
        (no_output, []),
        (lambda: None, ["Textbox"]),
        (len, ["Textbox"]),
    ],
)
def test_outputs_are_those_of_the_signature(function, kinds):
    """Of what a generator yields; one text where nothing tells, as functions without hints have."""
    space = FakeSpace({"/x": function})
    returns = space.info["named_endpoints"]["/x"]["returns"]
    assert [output["component"].capitalize() for output in returns] == kinds


def test_words_of_an_endpoint_go_before_the_signature():
    """And defaults given in words go before the function's own."""
    endpoint = FakeEndpoint(
        name="/infer",
        function=lambda a, b=1, c=2: None,
        inputs=["audio", {"type": "slider", "maximum": 9}, "state"],
        outputs=["gallery"],
        defaults={"b": 5},
    )
    space = FakeSpace([endpoint])
    app = parse_app(msgspec.json.encode(space.config), msgspec.json.encode(space.info))
    audio, slider = app.endpoints["/infer"].parameters
    assert (audio.component, audio.required) == ("audio", True)
    assert (slider.component, slider.maximum, slider.default) == ("slider", 9, 5)


async def test_an_endpoint_without_outputs_gives_nothing():
    """Observed on every version: no values, rather than one that is null."""
    async with FakeSpace({"/nothing": no_output}) as space, AsyncClient(space.url) as client:
        assert await client.predict() == ()


# --- files -----------------------------------------------------------------------


def keep(photo: FakeFile, note: str = "") -> tuple[FakeFile, dict]:
    return FakeFile(f"copy {photo.name}", photo.content), {"photo": photo, "note": note}


def album() -> Annotated[list, "gallery"]:
    return [FakeFile("a.png", b"1"), {"image": FakeFile("b.png", b"2"), "caption": "b"}]


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_files_are_files_in_every_generation(generation):
    """Those that come, those that go, those inside other values, and galleries."""
    as_picture = FakeEndpoint(name="/picture", function=keep, inputs=["image", "textbox"])
    endpoints = [FakeEndpoint(name="/keep", function=keep), as_picture]
    endpoints.append(FakeEndpoint(name="/album", function=album))
    async with FakeSpace(endpoints, generation=generation) as space:
        async with AsyncClient(space.url) as client:
            sent = anyspace.file(b"\xc3\xa4", name="ü #1.png")
            copied, told = await client.predict(sent, api_name="/keep")
            assert (copied.name, await copied.read()) == ("copy ü #1.png", b"\xc3\xa4")
            assert told["note"] == ""
            # 3.x sends a picture as text, without its name.
            name = "file.png" if generation == "ws" else "ü #1.png"
            copied, _ = await client.predict(sent, api_name="/picture")
            assert (copied.name, await copied.read()) == (f"copy {name}", b"\xc3\xa4")
            items = await client.predict(api_name="/album")
            assert [(await item["image"].read(), item["caption"]) for item in items] == [
                (b"1", None),
                (b"2", "b"),
            ]


async def test_a_file_that_was_never_uploaded_is_the_apps_error(http):
    """As on a real server; nothing at all is nothing."""
    async with FakeSpace({"/keep": keep}) as space:
        for value, words in (({"path": "/etc/passwd"}, "/etc/passwd"), (None, "NoneType")):
            body = {"data": [value, ""], "fn_index": 0, "session_hash": "s"}
            *_, completed, _ = await messages(http, space, body)
            assert completed["success"] is False
            assert words in completed["output"]["error"]


async def test_files_can_be_put_there_and_have_their_types(http):
    """For outputs that a test writes by hand."""
    async with FakeSpace() as space:
        told = space.add_file("ä #1.png", b"1")
        assert told["orig_name"] == "ä #1.png"
        for name, kind in (("ä #1.png", "image/png"), ("x", "application/octet-stream")):
            async with http.get(URL(space.add_file(name, b"1")["url"], encoded=True)) as response:
                assert response.content_type == kind
                assert await response.read() == b"1"


# --- working ---------------------------------------------------------------------


async def test_a_job_has_the_messages_of_a_gradio_job(http):
    """Observed order: estimation, starts, completed, close; then the stream ends."""
    async with FakeSpace({"/echo": echo}) as space:
        body = {"data": ["x"], "fn_index": 0, "session_hash": "s"}
        got = await messages(http, space, body)
        assert [message["msg"] for message in got] == [
            "estimation",
            "process_starts",
            "process_completed",
            "close_stream",
        ]
        assert got[2]["output"]["data"] == ["x"]
        assert len({message["event_id"] for message in got[:3]}) == 1
        assert got[3]["event_id"] is None


async def test_steps_are_sent_whole_first_and_as_edits_then(http):
    """Observed from sse_v2 on."""

    def steps():
        yield ("a", 1)
        yield ("b", 2)

    endpoint = FakeEndpoint(name="/steps", function=steps, outputs=["textbox", "number"])
    async with FakeSpace([endpoint]) as space:
        body = {"data": [], "fn_index": 0, "session_hash": "s"}
        got = await messages(http, space, body)
        outputs = [m["output"]["data"] for m in got if m["msg"] == "process_generating"]
        assert outputs == [["a", 1], [[["replace", [], "b"]], [["replace", [], 2]]]]
        assert got[-2]["output"]["data"] == ["b", 2]


async def test_a_session_that_is_not_known_is_told_so(http):
    """Observed: as after a restart."""
    async with FakeSpace() as space:
        url = f"{space.url}{DATA}?session_hash=nobody"
        async with http.get(url) as stream:
            assert b"session_not_found" in await stream.read()


async def test_notes_pauses_and_raw_bytes_are_steps_too():
    """What a script may do."""

    def script():
        yield Queued("", 3, 4, 5.0)
        yield Pause(0.001)
        yield Raw(b": a comment\n\n")
        yield Progress("", (ProgressUnit(index=1, length=2),))
        yield Log("", "note", "warning", "Title")
        yield "done"

    async with FakeSpace({"/script": script}) as space, AsyncClient(space.url) as client:
        job = await client.submit()
        kinds = [type(update).__name__ async for update in job.updates()]
        assert kinds == ["Queued", "Started", "Queued", "Progress", "Log", "Output"]


async def test_a_cut_drops_the_connection_and_silence_keeps_it():
    """The two ways not to answer."""

    def cut():
        yield Cut()

    def silent():
        yield Silence()

    async with FakeSpace({"/cut": cut, "/silent": silent}) as space:
        async with AsyncClient(space.url) as client:
            with pytest.raises(anyspace.StreamBroken):
                await client.predict(api_name="/cut")
            with pytest.raises(anyspace.TransportTimeout):
                await client.predict(api_name="/silent", timeout=0.2)


async def test_what_a_function_raises_is_the_apps_error():
    """With its words; without any, the app hides them."""

    def fail(text):
        raise ValueError(text)

    async with FakeSpace({"/fail": fail}) as space, AsyncClient(space.url) as client:
        for words in ("too dark", ""):
            with pytest.raises(anyspace.AppError) as caught:
                await client.predict(words)
            assert caught.value.message == words


async def test_a_cancel_kills_every_job_of_the_function_in_the_session(http):
    """Observed: and completes only the one that was named."""
    async with FakeSpace({"/endless": endless, "/slow": slow}) as space:
        for fn_index in (0, 0, 1):
            body = {"data": ["x"], "fn_index": fn_index, "session_hash": "s"}
            async with http.post(f"{space.url}{JOIN}", json=body):
                pass
        assert space.running == 3
        body = {"session_hash": "s", "fn_index": 0, "event_id": "event-1"}
        async with http.post(f"{space.url}{CANCEL}", json=body) as response:
            assert await response.json() == {"success": True}
        assert space.running == 1


async def test_uploads_are_kept_and_handed_out_again(http):
    """By the path they were given."""
    async with FakeSpace() as space:
        form = aiohttp.FormData()
        form.add_field("files", b"one", filename="ä.txt")
        form.add_field("files", b"two\r\n", filename="b.txt")
        async with http.post(f"{space.url}{UPLOAD}", data=form) as response:
            paths = await response.json()
        assert [space.files[path][1] for path in paths] == [b"one", b"two\r\n"]
        async with http.get(f"{space.url}/gradio_api/file={paths[1]}") as response:
            assert await response.read() == b"two\r\n"
        async with http.get(f"{space.url}/gradio_api/file=/nowhere") as response:
            assert response.status == 404


async def test_a_login_is_wanted_and_checked(http):
    """Observed: 401 before, 400 for a wrong password."""
    async with FakeSpace({"/echo": echo}, auth=("ada", "lovelace")) as space:
        for path in ("/config", INFO):
            async with http.get(space.url + path) as response:
                assert response.status == 401
        for password, status in (("byron", 400), ("lovelace", 200)):
            form = {"username": "ada", "password": password}
            async with http.post(f"{space.url}/login", data=form) as response:
                assert response.status == status
        async with http.get(f"{space.url}/config") as response:
            assert response.status == 200


# --- watching and directing ------------------------------------------------------


async def test_it_remembers_what_it_was_asked(http):
    """In order, with everything that came."""
    async with FakeSpace() as space:
        headers = {"X-Two": "a"}
        async with http.post(f"{space.url}/p%C3%A4th?q=1&q=2&e=", data=b"{}", headers=headers):
            pass
        (request,) = space.requests
        assert (request.method, request.path, request.target) == (
            "POST",
            "/päth",
            "/p%C3%A4th?q=1&q=2&e=",
        )
        assert request.query == {"q": "2"}
        assert request.headers["x-two"] == "a"
        assert request.body == b"{}"
        assert request.json() == {}
        assert request.connection == space.connections == 1
        assert space.received("/päth") == [request]
        assert space.received("/other") == []


async def test_an_answer_can_be_given_in_its_place(http):
    """Canned, or by a handler; text, bytes and JSON."""
    async with FakeSpace({"/echo": echo}) as space:
        for body, kind, sent in (
            ("text", "text/plain", b"text"),
            (b"bytes", "application/json", b"bytes"),
            ({"a": 1}, "application/json", b'{"a":1}'),
        ):
            space.answer("GET", "/config", 418, body, {"x-more": "yes"})
            async with http.get(f"{space.url}/config") as response:
                assert response.status == 418
                assert response.content_type == kind
                assert response.headers["x-more"] == "yes"
                assert await response.read() == sent
            async with http.post(f"{space.url}/config") as response:
                assert response.status == 200

        async def handler(exchange):
            await exchange.start_stream()
            await exchange.send_chunk(exchange.request.path.encode())
            await exchange.send_chunk(b"")

        space.on("GET", "/stream", handler)
        async with http.get(f"{space.url}/stream") as response:
            assert await response.read() == b"/stream"


async def test_what_it_does_not_know_is_not_found(http):
    """Like any server; a handler that does nothing is no answer either."""
    async with FakeSpace() as space:

        async def nothing(exchange):
            pass

        space.on("GET", "/nothing", nothing)
        for path in ("/unknown", "/nothing"):
            async with http.get(space.url + path) as response:
                assert response.status == 404


async def test_a_request_that_is_given_up_disturbs_nobody(caplog):
    """In its head, in its body, between its chunks."""
    async with FakeSpace({"/echo": echo}) as space:
        port = int(space.url.rpartition(":")[2])
        chunked = b"POST /x HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
        for sent in (
            b"",
            b"GET / HT",
            b"POST /x HTTP/1.1\r\ncontent-length: 9\r\n\r\nhalf",
            chunked,
            chunked + b"5\r\nhal",
            chunked + b"5\r\nwhole\r\n",
        ):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            writer.close()
            await writer.wait_closed()
        async with AsyncClient(space.url) as client:
            assert await client.predict("x") == "x"
        assert {request.path for request in space.received("/x")} == set()
    assert caplog.text == ""


# --- starting and stopping -------------------------------------------------------


async def test_stopping_drops_every_connection_and_forgets_every_job():
    """At once: nothing of it outlives the block."""
    before = asyncio.all_tasks()
    async with FakeSpace({"/endless": endless}) as space, aiohttp.ClientSession() as session:
        body = {"data": ["x"], "fn_index": 0, "session_hash": "s"}
        async with session.post(f"{space.url}{JOIN}", json=body):
            pass
        async with session.get(f"{space.url}{DATA}?session_hash=s") as stream:
            await stream.content.readany()
            await space.stop()
            with pytest.raises(aiohttp.ClientError):
                await stream.read()
    await until(lambda: asyncio.all_tasks() <= before)


async def test_stopping_twice_is_stopping_once():
    """And stopping what never started is nothing."""
    space = FakeSpace()
    await space.stop()
    await space.start()
    await space.stop()
    await space.stop()
    with pytest.raises(OSError, match=r"refused|Connect call failed"):
        await asyncio.open_connection("127.0.0.1", int(space.url.rpartition(":")[2]))


def test_without_async_it_runs_in_a_thread_of_its_own():
    """For tests of blocking code; the thread goes with the block."""
    before = threading.active_count()
    with FakeSpace({"/echo": echo}) as space:
        assert threading.active_count() == before + 1
        with Client(space.url) as client:
            assert client.predict("x") == "x"
        port = int(space.url.rpartition(":")[2])
    assert not any(thread.name == "fake space" for thread in threading.enumerate())
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_several_run_side_by_side():
    """Each on a port of its own."""
    with FakeSpace({"/a": lambda: "a"}) as one, FakeSpace({"/b": lambda: "b"}) as two:
        assert one.url != two.url
        with Client(one.url) as a, Client(two.url) as b:
            assert (a.predict(), b.predict()) == ("a", "b")


async def test_it_can_be_used_as_its_docstring_shows():
    """The example of the class."""
    async with FakeSpace({"/echo": lambda text: text}) as space, AsyncClient(space.url) as client:
        assert await client.predict("hello", api_name="/echo") == "hello"
        assert [request.path for request in space.requests] == ["/config", INFO, JOIN, DATA]


@pytest.mark.parametrize("turns", range(8))
async def test_a_connection_that_is_just_being_accepted_ends_too(turns):
    """Ours: it left a task behind that was never awaited, to be complained about elsewhere."""
    space = FakeSpace({"/echo": lambda text: text})
    await space.start()
    before = asyncio.all_tasks()
    address = urlsplit(space.url)
    with socket.create_connection((address.hostname, address.port)):
        for _ in range(turns):
            await asyncio.sleep(0)
        await space.stop()
        for _ in range(8):
            assert asyncio.all_tasks() <= before
            await asyncio.sleep(0)
