"""Record what a browser's DevTools see: ``python -m tests.capture.record`` drives real pages.

For each Gradio version a headless Chromium opens the page of `tests/servers/painters.py`, uses
its forms as a person does and waits for the pictures. Its DevTools protocol tells the requests;
they are written as Chrome's own HAR export has them, without what its filter for documents and
Fetch/XHR leaves out (scripts, styles, fonts, pictures). The address becomes that of the page of
exports; there is nothing else in them that was not in the app. The browser needs to be on the
path as ``chromium``.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from tests.capture.demos import ADDRESSES, DATA
from tests.servers.environments import LATEST
from tests.servers.processes import gradio_app

VERSIONS = {"gradio4": "4.44.1", "gradio5": "5.50.0", "gradio6": LATEST}
KINDS = {"Document", "Fetch", "XHR", "EventSource", "WebSocket"}
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
    --disable-background-networking --disable-component-update --remote-debugging-port=0""".split()
SECONDS = 90

# What a person does: type, press, look.
TYPE = """(() => {
  const field = document.querySelector("#%s textarea, #%s input");
  field.value = %s;
  field.dispatchEvent(new Event("input", { bubbles: true }));
})()"""
PRESS = """(() => {
  const named = [...document.querySelectorAll("button")].filter(
    (button) => button.textContent.trim() === %s && button.offsetParent);
  named.at(-1)?.click();
  return named.length > 0;
})()"""
SEES = "document.querySelector(%s) !== null"


class Page:
    """A page of the browser, and what its DevTools saw."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._last = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._bodies: dict[str, bytearray] = {}
        self.seen: dict[str, dict[str, Any]] = {}

    async def listen(self) -> None:
        """Take what the browser says until it closes."""
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told.get("result", told))
            else:
                self._note(told["method"], told.get("params", {}))

    async def do(self, method: str, **params: Any) -> dict[str, Any]:
        """Give an order and wait for its answer."""
        self._last += 1
        answer = asyncio.get_running_loop().create_future()
        self._answers[self._last] = answer
        await self._socket.send_json({"id": self._last, "method": method, "params": params})
        return await asyncio.wait_for(answer, SECONDS)

    async def run(self, script: str) -> Any:
        """Run JavaScript in the page; what it comes to."""
        told = await self.do("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def until(self, script: str) -> None:
        """Wait until the page is so. Only the recorder polls; no test does."""
        async with asyncio.timeout(SECONDS):
            while not await self.run(script):
                await asyncio.sleep(0.1)

    def _note(self, method: str, told: dict[str, Any]) -> None:
        number = told.get("requestId", "")
        if method == "Network.requestWillBeSent":
            self.seen[number] = {"asked": told, "body": b""}
        elif number in self.seen:
            seen = self.seen[number]
            if method == "Network.responseReceived":
                seen["answered"] = told
                if told["response"]["mimeType"] == "text/event-stream":
                    order = self.do("Network.streamResourceContent", requestId=number)
                    seen["stream"] = asyncio.ensure_future(order)
            elif method == "Network.dataReceived" and "data" in told:
                seen["body"] += base64.b64decode(told["data"])
            elif method in ("Network.loadingFinished", "Network.loadingFailed"):
                seen["ended"] = told

    async def entries(self, address: str) -> list[dict[str, Any]]:
        """What was seen as entries of a HAR, the filter applied."""
        async with asyncio.timeout(SECONDS):
            while any(_is_open(seen) for seen in self.seen.values()):
                await asyncio.sleep(0.1)
        found = []
        for number, seen in list(self.seen.items()):
            asked = seen["asked"]
            of_page = asked["request"]["url"].startswith(address)
            if asked.get("type") in KINDS and of_page and "answered" in seen:
                found.append(await self._entry(number, seen))
        return found

    async def _entry(self, number: str, seen: dict[str, Any]) -> dict[str, Any]:
        asked, response = seen["asked"], seen["answered"]["response"]
        request = asked["request"]
        content: dict[str, Any] = {"mimeType": response["mimeType"]}
        text = ""
        if "stream" in seen:
            start = (await seen["stream"]).get("bufferedData", "")
            text = (base64.b64decode(start) + seen["body"]).decode()
        if not text:  # a stream that was over before it could be followed, too
            body = await self.do("Network.getResponseBody", requestId=number)
            text = body.get("body", "")
            if body.get("base64Encoded"):
                content["encoding"] = "base64"
        content |= {"size": len(text), "text": text}
        made: dict[str, Any] = {
            "method": request["method"],
            "url": request["url"],
            "httpVersion": "http/1.1",
            "headers": _headers(request["headers"]),
            "queryString": [],
            "cookies": [],
            "headersSize": -1,
            "bodySize": -1,
        }
        if request.get("hasPostData"):
            posted = await self.do("Network.getRequestPostData", requestId=number)
            kind = request["headers"].get("Content-Type", "")
            text = "" if kind.startswith("multipart/") else posted.get("postData", "")
            made["postData"] = {"mimeType": kind, "text": text}
        return {
            "_resourceType": asked["type"].lower(),
            "startedDateTime": _moment(asked["wallTime"]),
            "time": 0,
            "request": made,
            "response": {
                "status": response["status"],
                "statusText": response["statusText"],
                "httpVersion": "http/1.1",
                "headers": _headers(response["headers"]),
                "cookies": [],
                "content": content,
                "redirectURL": "",
                "headersSize": -1,
                "bodySize": -1,
            },
            "cache": {},
            "timings": {"send": 0, "wait": 0, "receive": 0},
        }


def _is_open(seen: dict[str, Any]) -> bool:
    """A stream of a job's messages that has not ended yet."""
    return "/queue/data" in seen["asked"]["request"]["url"] and "ended" not in seen


def _headers(headers: dict[str, str]) -> list[dict[str, str]]:
    kept = {k: v for k, v in headers.items() if k.lower() not in ("date", "user-agent")}
    return [{"name": name, "value": value} for name, value in kept.items()]


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[Page]:
    """A headless Chromium with one page."""
    program = shutil.which("chromium")
    assert program, "chromium is not on the path"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program,
            *FLAGS,
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            port = await _port(Path(profile, "DevToolsActivePort"))
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    (first, *_) = [p for p in await answer.json() if p["type"] == "page"]
                url = first["webSocketDebuggerUrl"]
                async with session.ws_connect(url, max_msg_size=0) as socket:
                    page = Page(socket)
                    listening = asyncio.ensure_future(page.listen())
                    yield page
                    listening.cancel()
        finally:
            process.terminate()
            await process.wait()


async def _port(file: Path) -> str:
    async with asyncio.timeout(SECONDS):
        while not file.exists() or not file.read_text().strip():
            await asyncio.sleep(0.1)
    return file.read_text().splitlines()[0]


async def record(address: str, photo: Path) -> list[dict[str, Any]]:
    """Use every form of the page."""
    async with browser() as page:
        await page.do("Network.enable", maxPostDataSize=1_000_000)
        await page.do("Page.enable")
        await page.do("Page.navigate", url=address)
        await page.until(SEES % '"#flux-prompt textarea, #flux-prompt input"')
        await page.run(TYPE % ("flux-prompt", "flux-prompt", '"it\'s a \\"red\\" fox & 100% snow"'))
        await page.until(PRESS % '"Paint flux"')
        await page.until(SEES % "\"#flux-result img[src*='file=']\"")
        await page.until(PRESS % '"Midjourney"')
        await page.until(SEES % '"#mj-prompt textarea, #mj-prompt input"')
        await page.run(TYPE % ("mj-prompt", "mj-prompt", '"ein Fuchs\\nim Schnee 狐"'))
        await page.until(PRESS % '"Paint midjourney"')
        await page.until("document.querySelectorAll(\"#mj-result img[src*='file=']\").length > 1")
        await page.until(PRESS % '"Negative"')
        await page.until(SEES % '"#photo input[type=file]"')
        root = (await page.do("DOM.getDocument"))["root"]["nodeId"]
        field = await page.do("DOM.querySelector", nodeId=root, selector="#photo input[type=file]")
        await page.do("DOM.setFileInputFiles", nodeId=field["nodeId"], files=[str(photo)])
        await page.until(SEES % "\"#photo img[src*='file=']\"")
        await page.until(PRESS % '"Invert"')
        await page.until(SEES % "\"#negative img[src*='file=']\"")
        return await page.entries(address)


def main(names: list[str]) -> None:
    """Write the HARs anew, all or those that are named."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder, "my photo.png")
        Image.new("RGB", (16, 12), (255, 0, 0)).save(photo)
        for name in names or VERSIONS:
            with gradio_app(VERSIONS[name], app="painters.py") as url:
                entries = asyncio.run(record(url, photo))
            creator = {"name": "WebInspector", "version": "537.36"}
            log = {"version": "1.2", "creator": creator, "pages": [], "entries": entries}
            text = json.dumps({"log": log}, ensure_ascii=False, indent=1)
            text = text.replace(url, ADDRESSES["flux"])
            text = text.replace(url.removeprefix("http://"), ADDRESSES["flux"][7:])
            (DATA / f"{name}.har").write_text(f"{text}\n", encoding="utf-8")
            sys.stderr.write(f"{name}: {len(entries)} requests, {len(text)} characters\n")


if __name__ == "__main__":
    main(sys.argv[1:])
