"""Files at the façade, up and down; what a Space or a client may say of them is not trusted."""

from __future__ import annotations

import asyncio
import io

import aiohttp
import pytest

from anyspace.testing import FakeEndpoint, FakeFile, FakeSpace, Pause
from tests.gateway.conftest import picture
from tests.gateway.gradio.serving import API, serving

PAGE = b"<script>alert(1)</script>"


def flip(file: FakeFile) -> FakeFile:
    return FakeFile(f"flipped-{file.name}", file.content[::-1])


@pytest.fixture(params=["ws", "sse", "sse_v2", "sse_v3"])
async def flipping(request):
    """A Space of some generation that turns files around."""
    with FakeSpace({"/flip": flip}, generation=request.param) as space:
        async with serving({"m": space.url}) as gateway:
            yield gateway, space


async def flipped(gateway, given, name="/flip"):
    await gateway.join("m", name, [given])
    return (await gateway.messages("m"))[-2]


def file_data(path, **more):
    return {"path": path, "meta": {"_type": "gradio.FileData"}, **more}


async def test_what_a_client_uploads_reaches_the_space_and_the_result_comes_back(flipping):
    """Under addresses of the gateway only."""
    gateway, space = flipping
    (path,) = await gateway.upload("m", ("ä #1%.txt", b"abc", "text/plain"))
    end = await flipped(gateway, file_data(path, orig_name="ä #1%.txt"))

    (result,) = end["output"]["data"]
    assert (result["orig_name"], result["size"]) == ("flipped-ä #1%.txt", 3)
    assert result["meta"] == {"_type": "gradio.FileData"}
    assert result["url"].startswith(f"{gateway.url}/files/")
    assert space.url not in str(end)
    for address in (result["url"], f"{gateway.at('m')}{API}/file={result['path']}"):
        async with gateway.http.get(address.replace("#", "%23")) as answer:
            assert await answer.read() == b"cba"


async def test_a_result_may_be_given_back(flipping):
    """As a client does that works on a picture step by step, by path or by address."""
    gateway, _ = flipping
    (path,) = await gateway.upload("m", ("a.txt", b"abc", "text/plain"))
    (result,) = (await flipped(gateway, file_data(path)))["output"]["data"]

    for given in (result, file_data(result["url"]), {"url": result["url"]}):
        (again,) = (await flipped(gateway, given))["output"]["data"]
        async with gateway.http.get(again["url"]) as answer:
            assert await answer.read() == b"abc"


async def test_text_with_a_picture_in_it_is_a_file_too(flipping):
    """As clients from before 4.0 send pictures."""
    gateway, _ = flipping
    end = await flipped(gateway, "data:text/plain;base64,YWJj")
    assert end["output"]["data"][0]["size"] == 3


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../../etc/passwd",
        "/tmp/gradio/secret.png",
        "file:///etc/passwd",
        "0" * 32,
        f"{'0' * 32}/x.txt",
        "",
    ],
)
async def test_a_client_names_no_file_that_was_not_given_to_it(flipping, path):
    """Neither of this machine nor of the Space's."""
    gateway, space = flipping
    end = await flipped(gateway, file_data(path, orig_name="x"))

    assert end["success"] is False
    assert space.received("/queue/join") + space.received(f"{API}/queue/join") == []


@pytest.mark.parametrize("key", ["path", "url"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "[::1]", "169.254.169.254"])
async def test_a_client_does_not_see_this_network_through_the_gateway(host, key):
    """An address inside is refused before anything is fetched or sent."""
    with FakeSpace({"/secret": lambda: "x"}) as inside, FakeSpace({"/flip": flip}) as space:
        port = inside.url.rpartition(":")[2]
        async with serving({"m": space.url}) as gateway:
            end = await flipped(gateway, {key: f"http://{host}:{port}/config"})
    assert end["success"] is False
    assert "public" in end["output"]["error"]
    assert inside.requests == []
    assert space.received(f"{API}/queue/join") == []


@pytest.mark.parametrize(
    "path",
    [
        "/file=/etc/passwd",
        "/file=../../etc/passwd",
        "/file=..%2f..%2fetc%2fpasswd",
        "/file=http://127.0.0.1/",
        "/file=" + "0" * 32 + "/x",
        "/file=secret",
        "/file=",
        "/anything",
    ],
)
@pytest.mark.parametrize("prefix", ["", API])
async def test_nothing_else_is_given_out(gateway, prefix, path):
    """What a client writes is a key or nothing, and never a path or an address."""
    async with gateway.http.get(f"{gateway.at('flux')}{prefix}{path}") as answer:
        assert answer.status == 404
        assert b"root:" not in await answer.read()


async def test_ranges_types_and_validators():
    """As everything that the gateway keeps."""
    with FakeSpace({"/flip": flip}) as space:
        async with serving({"m": space.url}) as gateway:
            (path,) = await gateway.upload("m", ("a.png", b"0123456789", "image/png"))
            address = f"{gateway.at('m')}{API}/file={path}"
            async with gateway.http.get(address, headers={"range": "bytes=2-4"}) as answer:
                assert (answer.status, await answer.read()) == (206, b"234")
                assert answer.headers["content-type"] == "image/png"
                assert answer.headers["content-range"] == "bytes 2-4/10"
                assert answer.headers["x-content-type-options"] == "nosniff"
            async with gateway.http.head(address) as answer:
                assert (answer.status, answer.headers["content-length"]) == (200, "10")


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "page.xhtml"])
async def test_pages_of_a_space_are_downloads(name):
    """They would run as if they were the gateway's own."""
    with FakeSpace(
        [
            FakeEndpoint(
                name="/page", function=lambda: FakeFile(name, PAGE), inputs=[], outputs=["file"]
            )
        ]
    ) as space:
        async with serving({"m": space.url}) as gateway:
            await gateway.join("m", "/page", [])
            (result,) = (await gateway.messages("m"))[-2]["output"]["data"]
            async with gateway.http.get(result["url"]) as answer:
                assert answer.headers["content-disposition"].startswith("attachment")
                assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("../../../etc/passwd", "passwd"),
        ("a/b\\c:d.png", "c_d.png"),
        ("x\r\nset-cookie: a=b.png", "x__set-cookie_ a=b.png"),
        ("..", None),
    ],
)
async def test_names_that_a_space_gives_are_only_names(hostile, shown):
    """No folders, no headers."""
    with FakeSpace() as files, FakeSpace({"/say": lambda: None}) as space:
        del files
        data = {**space.add_file("x.png", b"abc"), "orig_name": hostile}
        with FakeSpace(
            [FakeEndpoint(name="/say", function=lambda: data, inputs=[], outputs=["file"])]
        ) as hostile_space:
            hostile_space._values.files.update(space.files)
            async with serving({"m": hostile_space.url}) as gateway:
                await gateway.join("m", "/say", [])
                (result,) = (await gateway.messages("m"))[-2]["output"]["data"]
                async with gateway.http.get(result["url"]) as answer:
                    assert (answer.status, await answer.read()) == (200, b"abc")
                    assert "set-cookie" not in answer.headers
    assert result["orig_name"] == (shown or "x.png")


async def test_an_address_that_a_space_gives_is_not_fetched_from_this_network():
    """A Space must not look around here either; its other results are not lost."""
    with FakeSpace({"/x": lambda: "x"}) as inside:
        data = {
            "path": f"{inside.url}/config",
            "url": f"{inside.url}/config",
            "meta": {"_type": "gradio.FileData"},
        }
        say = FakeEndpoint(
            name="/say", function=lambda: (data, "ok"), inputs=[], outputs=["file", "textbox"]
        )
        with FakeSpace([say]) as space:
            async with serving({"m": space.url}) as gateway:
                await gateway.join("m", "/say", [])
                file, text = (await gateway.messages("m"))[-2]["output"]["data"]
                assert text == "ok"
                assert inside.url not in str(file)
                async with gateway.http.get(file["url"]) as answer:
                    assert answer.status == 502
        assert inside.requests == []


async def test_results_so_far_are_fetched_when_they_are_asked_for():
    """Nobody may look at them; then nothing is fetched."""

    def paint():
        yield FakeFile("draft.png", picture("blue"))
        yield Pause(0.05)
        yield FakeFile("final.png", picture("red"))

    with FakeSpace(
        [FakeEndpoint(name="/paint", function=paint, inputs=[], outputs=["image"])]
    ) as space:
        async with serving({"m": space.url}) as gateway:
            await gateway.join("m", "/paint", [])
            messages = await gateway.messages("m")
            drafts = [m["output"]["data"][0] for m in messages if m["msg"] == "process_generating"]
            fetched = {r.path for r in space.requests if "/file=" in r.path}
            assert len(fetched) == 1  # the result
            async with gateway.http.get(drafts[0]["url"]) as answer:
                assert await answer.read() == picture("blue")
                assert answer.headers["content-type"] == "image/png"


async def test_default_files_are_shown_under_our_address_and_go_back_as_they_were():
    """A default is a path of the Space's own machine (PROTOCOL: send it back unchanged)."""
    with FakeSpace() as shelf:
        default = shelf.add_file("example.txt", b"example")
    endpoint = FakeEndpoint(name="/flip", function=flip, defaults={"file": default})
    with FakeSpace([endpoint]) as space:
        space._values.files.update(shelf.files)
        async with serving({"m": space.url}) as gateway:
            info = await gateway.get("m", f"{API}/info")
            (parameter,) = info["named_endpoints"]["/flip"]["parameters"]
            shown = parameter["parameter_default"]
            assert default["path"] not in str(info)
            async with gateway.http.get(shown["path"]) as answer:
                assert await answer.read() == b"example"
            (result,) = (await flipped(gateway, shown))["output"]["data"]
            assert result["size"] == len(b"example")
            assert space.received(f"{API}/upload") == []


async def test_progress_of_an_upload_is_told():
    """Whether the client asks before or after it begins."""
    with FakeSpace({"/flip": flip}) as space:
        async with serving({"m": space.url}) as gateway:
            base = f"{gateway.at('m')}{API}"

            async def follow():
                async with gateway.http.get(f"{base}/upload_progress?upload_id=u") as answer:
                    return (await answer.read()).decode()

            async def send():
                form = aiohttp.FormData()
                form.add_field("files", b"abc", filename="a.txt")
                async with gateway.http.post(f"{base}/upload?upload_id=u", data=form) as answer:
                    assert answer.status == 200

            told, _ = await asyncio.gather(follow(), send())
            assert '"orig_name":"a.txt","chunk_size":3' in told
            assert told.endswith('data: {"msg":"done"}\n\n')


async def test_an_upload_that_is_too_large_is_refused(space):
    """At `[limits] body_mb`; the config says so beforehand."""
    async with serving({"flux": space.url}) as gateway:
        limit = (await gateway.get("flux", "/config"))["max_file_size"]
        assert limit == 64 * 2**20
        form = aiohttp.FormData()
        form.add_field("files", io.BytesIO(bytes(limit + 1)), filename="large.bin")
        async with gateway.http.post(f"{gateway.at('flux')}{API}/upload", data=form) as answer:
            assert answer.status == 413
