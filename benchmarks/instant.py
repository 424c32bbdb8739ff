"""A Gradio 6 app that answers at once, so that what is measured is its client.

    python -m benchmarks.instant [--port N] [--delay SECONDS]

It speaks the newest generation over raw asyncio, without a framework: about a twentieth of
what a call costs a real server. Its address is the first line it prints; it ends when its
stdin does, so that it never outlives who started it.

======== ==================================================================
/echo    its text, at once
/wait    its text, after ``--delay`` seconds
/count   2,000 small steps
/grow    a text that grows to 100 kB in 200 steps
/infer   parameters and outputs as FLUX.1-schnell has them: a picture, a seed
/take    takes a file; how many bytes the last upload had
/give    a file of so many bytes
======== ==================================================================

``GET /stats`` tells what it has seen: requests, connections, bytes sent.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final

import msgspec

from anyspace.testing import FakeFile, FakeSpace

COUNT_STEPS: Final = 2_000
GROW_STEPS: Final = 200
GROW_PIECE: Final = 500

_API: Final = b"/gradio_api"
_JOIN: Final = _API + b"/queue/join"
_DATA: Final = _API + b"/queue/data?session_hash="
_BEAT: Final = _API + b"/heartbeat/"
_FILE: Final = _API + b"/file="
_UPLOAD: Final = _API + b"/upload"
_CLOSE: Final = b'data: {"msg":"close_stream","event_id":null}\n\n'
_PIECE: Final = bytes(256 * 1024)
_UNNAMED: Final = b"0" * 32  # stands for an event's id in messages that are made once


# --- what it says of itself ------------------------------------------------------


def _echo(text: str) -> str: ...
def _wait(text: str) -> str: ...
def _count(text: str) -> str: ...
def _grow(text: str) -> str: ...
def _infer(
    prompt: str,
    seed: int = 0,
    randomize_seed: bool = True,
    width: int = 1024,
    height: int = 1024,
    num_inference_steps: int = 4,
) -> tuple[Annotated[FakeFile, "image"], int]: ...
def _take(file: FakeFile) -> int: ...
def _give(size: int) -> FakeFile: ...


_ENDPOINTS: Final[dict[str, Callable[..., Any]]] = {
    "/echo": _echo,
    "/wait": _wait,
    "/count": _count,
    "/grow": _grow,
    "/infer": _infer,
    "/take": _take,
    "/give": _give,
}


def _documents(url: str) -> dict[bytes, bytes]:
    """What ``/config`` and ``/info`` answer, by path."""
    space = FakeSpace(_ENDPOINTS, config={"root": url})
    for dependency in space.config["dependencies"]:
        dependency["types"] = {"generator": dependency["api_name"] in ("count", "grow")}
    config, info = msgspec.json.encode(space.config), msgspec.json.encode(space.info)
    return {b"/config": config, _API + b"/info": info}


def _picture() -> bytes:
    """A PNG of 64 x 64 red points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xc8\x28\x28" * 64) * 64)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# --- what it says of a job -------------------------------------------------------


def _message(kind: str, **fields: Any) -> bytes:
    body = msgspec.json.encode({"msg": kind, "event_id": _UNNAMED.decode(), **fields})
    return b"data: " + body + b"\n\n"


def _generating(data: list[Any]) -> bytes:
    output = {"data": data, "is_generating": True, "duration": 0.0, "average_duration": 0.0}
    return _message("process_generating", output=output, success=True)


def _completed(data: list[Any]) -> bytes:
    output = {"data": data, "is_generating": False, "duration": 0.0, "average_duration": 0.0}
    return _message("process_completed", output=output, success=True)


def _begin() -> bytes:
    return _chunk(_message("estimation", rank=0, queue_size=1, rank_eta=0.0)) + _chunk(
        _message("process_starts", eta=0.0)
    )


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _counted() -> Iterator[bytes]:
    for step in range(COUNT_STEPS):
        edits = [["replace", [], f"step {step}"]]
        yield _chunk(_generating([edits] if step else ["step 0"]))
    yield _chunk(_completed([f"step {COUNT_STEPS - 1}"]))


def _grown() -> Iterator[bytes]:
    piece = "words and " * (GROW_PIECE // 10)
    for step in range(GROW_STEPS):
        yield _chunk(_generating([[["append", [], piece]]] if step else [piece]))
    yield _chunk(_completed([piece * GROW_STEPS]))


class _Join(msgspec.Struct):
    session_hash: str
    fn_index: int
    data: list[Any]


_decode_join: Final = msgspec.json.Decoder(_Join).decode


class Instant:
    """The app: sessions, and what each has still to hear.

    Args:
        delay: Seconds that ``/wait`` takes.
    """

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self.url = ""
        self.documents: dict[bytes, bytes] = {}
        self.picture = _picture()
        self.requests = 0
        self.connections = 0
        self.sent = 0
        self.uploaded = 0
        self.waiting: dict[str, bytes] = {}  # messages of sessions without a reader
        self.pending: dict[str, int] = {}  # jobs of a session that are not done
        self.readers: dict[str, _Talk] = {}
        self._last_id = 0
        self._begin = _begin()
        self._scripts = {2: b"".join(_counted()), 3: b"".join(_grown())}

    def join(self, body: bytes) -> bytes:
        """Take a job and return the answer to its submission."""
        job = _decode_join(body)
        self._last_id += 1
        event_id = b"%032x" % self._last_id
        session = job.session_hash
        if job.fn_index == 1:
            self.pending[session] = self.pending.get(session, 0) + 1
            loop = asyncio.get_running_loop()
            loop.call_later(self.delay, self._finish, session, event_id, job)
            self._tell(session, self._begin.replace(_UNNAMED, event_id))
        else:
            script = self._scripts.get(job.fn_index) or _chunk(_completed(self._outcome(job)))
            self._tell(session, (self._begin + script).replace(_UNNAMED, event_id))
        return b'{"event_id":"%b"}' % event_id

    def _finish(self, session: str, event_id: bytes, job: _Join) -> None:
        self.pending[session] -= 1
        if not self.pending[session]:
            del self.pending[session]
        self._tell(session, _chunk(_completed(job.data)).replace(_UNNAMED, event_id))

    def _tell(self, session: str, chunks: bytes) -> None:
        self.waiting[session] = self.waiting.get(session, b"") + chunks
        reader = self.readers.get(session)
        if reader is not None:
            reader.send(self.messages(session))

    def messages(self, session: str) -> bytes:
        """What a session has to hear; the end of the stream when that is all."""
        chunks = self.waiting.pop(session, b"")
        if session not in self.pending:
            self.readers.pop(session, None)
            chunks += _chunk(_CLOSE) + b"0\r\n\r\n"
        return chunks

    def _outcome(self, job: _Join) -> list[Any]:
        if job.fn_index == 4:
            return [self._file("picture.png", len(self.picture), "image/png"), job.data[1]]
        if job.fn_index == 5:
            return [self.uploaded]
        if job.fn_index == 6:
            return [self._file(f"{job.data[0]}.bin", int(job.data[0]), None)]
        return job.data

    def _file(self, name: str, size: int, mime_type: str | None) -> dict[str, Any]:
        path = f"/app/{name}"
        return {
            "path": path,
            "url": f"{self.url}{_FILE.decode()}{path}",
            "orig_name": name,
            "size": size,
            "mime_type": mime_type,
            "meta": {"_type": "gradio.FileData"},
        }


class _Talk(asyncio.Protocol):
    """One connection."""

    def __init__(self, app: Instant) -> None:
        self._app = app
        self._transport: asyncio.Transport
        self._buffer = b""
        self._upload_left = 0
        self._session = ""
        self._writable = asyncio.Event()
        self._writable.set()
        self._sending: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._app.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:
        if self._app.readers.get(self._session) is self:
            del self._app.readers[self._session]
        if self._sending is not None:
            self._sending.cancel()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def send(self, data: bytes) -> None:
        """Write to the client."""
        self._app.sent += len(data)
        self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        if self._upload_left:
            self._upload_left -= len(data)
            if self._upload_left <= 0:
                self._answer(b'["/app/uploaded.bin"]')
            return
        self._buffer = data if not self._buffer else self._buffer + data
        while self._buffer:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end]
            length = _content_length(head)
            method, target, _ = head.split(b" ", 2)
            if target.startswith(_UPLOAD) and method == b"POST":
                self._app.requests += 1
                self._app.uploaded = length
                self._upload_left = length - (len(self._buffer) - end - 4)
                self._buffer = b""
                if self._upload_left <= 0:
                    self._answer(b'["/app/uploaded.bin"]')
                return
            if len(self._buffer) < end + 4 + length:
                return
            body = self._buffer[end + 4 : end + 4 + length]
            self._buffer = self._buffer[end + 4 + length :]
            self._app.requests += 1
            self._handle(method, target, body)

    def _handle(self, method: bytes, target: bytes, body: bytes) -> None:
        app = self._app
        if target.startswith(_JOIN):  # one client puts a question mark behind it
            self._answer(app.join(body))
        elif target.startswith(_DATA):
            self._stream(target[len(_DATA) :].decode())
        elif target.startswith(_BEAT):
            self.send(_STREAM_HEAD)  # and nothing more while the client is there
        elif target.startswith(_FILE):
            self._send_file(target)
        elif target == b"/stats":
            self._answer(self._stats())
        elif document := app.documents.get(target.partition(b"?")[0]):
            self._answer(document)
        elif method == b"POST":  # /cancel, /reset
            self._answer(b'{"success":true}')
        else:
            self._answer(b'{"detail":"Not Found"}', b"404 Not Found")

    def _stats(self) -> bytes:
        app = self._app
        seen = {"requests": app.requests, "connections": app.connections, "sent": app.sent}
        return msgspec.json.encode(seen)

    def _stream(self, session: str) -> None:
        self._session = session
        self._app.readers[session] = self
        self.send(_STREAM_HEAD + self._app.messages(session))

    def _answer(self, body: bytes, status: bytes = b"200 OK") -> None:
        self.send(
            b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
            % (status, len(body), body)
        )

    def _send_file(self, target: bytes) -> None:
        name = target.rpartition(b"/")[2]
        if name == b"picture.png":
            self._answer_file(len(self._app.picture), b"image/png")
            self.send(self._app.picture)
            return
        size = int(name.partition(b".")[0])
        self._answer_file(size, b"application/octet-stream")
        self._sending = asyncio.get_running_loop().create_task(self._pour(size))

    def _answer_file(self, size: int, kind: bytes) -> None:
        self.send(
            b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\ncontent-length: %d\r\n\r\n" % (kind, size)
        )

    async def _pour(self, size: int) -> None:
        while size > 0:
            await self._writable.wait()
            self.send(_PIECE[:size] if size < len(_PIECE) else _PIECE)
            size -= len(_PIECE)


_STREAM_HEAD: Final = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)


def _content_length(head: bytes) -> int:
    low = head.lower()
    at = low.find(b"\r\ncontent-length:")
    if at < 0:
        return 0
    end = low.find(b"\r\n", at + 2)
    return int(low[at + 17 : end if end > 0 else len(low)])


async def serve(port: int = 0, delay: float = 0.0) -> None:
    """Serve until stdin ends."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    app = Instant(delay)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Talk(app), "127.0.0.1", port, backlog=4096)
    app.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    app.documents = _documents(app.url)
    sys.stdout.write(f"{app.url}\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    loop.add_reader(sys.stdin, lambda: sys.stdin.buffer.read1() or ended.set())
    await ended.wait()
    server.close()


def main() -> None:
    """Serve until stdin ends."""
    parser = argparse.ArgumentParser(description="A Gradio app that answers at once.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that /wait takes")
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.delay))


if __name__ == "__main__":
    main()
