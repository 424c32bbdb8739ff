"""`Recorder`: a proxy before one app that writes down what is said."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from anyspace.testing._bodies import Body, event_from, read_body
from anyspace.testing._cleaning import clean
from anyspace.testing._frames import BINARY, CLOSE, TEXT, Message
from anyspace.testing._http import Exchange
from anyspace.testing._local import LocalServer, cookie_for_here
from anyspace.testing._transcript import Answered, Asked, Ended, Record, Said, Transcript
from anyspace.testing._upstream import Answer, BrokenOff, Origin, ask, ask_for_socket

__all__ = ["Recorder"]

_BLOCK_END: Final = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_NOT_PASSED_ON: Final = frozenset(
    {"connection", "content-length", "keep-alive", "transfer-encoding", "set-cookie"}
)
# Whatever else the types say is not looked into.
_TEXTUAL: Final = re.compile(r"text/|application/(json|javascript|xml|xhtml|x-mpegurl|vnd\.apple)")


class Recorder(LocalServer):
    """A proxy on a free port of 127.0.0.1 that records one app into a transcript.

    Whatever talks to `url` talks to the app: `anyspace.Client`, `anyspace.AsyncClient`, the
    command line, ``gradio_client``, ``curl`` or a browser. Addresses in what the app says are
    turned into the proxy's, so that files come through it too. Event streams and the
    websockets of Gradio 3 are passed on piece by piece. The file is written when the
    recorder stops, anew each time.

    Secrets do not get into the file: credentials in headers, cookies, passwords and tokens
    in bodies and addresses are replaced by ``REDACTED``. What no name tells (a key that is
    typed into a text field) has to be given as `secrets`. **Files and texts that are sent
    and received are recorded as they are.**

    Args:
        app: The app's address (``"http://127.0.0.1:7860"``, ``"https://owner-name.hf.space"``).
        path: Where the transcript is written.
        secrets: Values that must not get into the file, wherever they stand.
        headers: Sent to the app with every request, and not recorded.
        verify: Check TLS certificates, or an `ssl.SSLContext` to check them with.

    Attributes:
        path: Where the transcript is written.

    Raises:
        ValueError: `app` is no address.

    Example:
        >>> with Recorder("http://127.0.0.1:7860", "talk.transcript") as app:
        ...     anyspace.Client(app.url).predict("a red fox", api_name="/infer")
    """

    def __init__(
        self,
        app: str,
        path: str | os.PathLike[str],
        *,
        secrets: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
        verify: bool | ssl.SSLContext = True,
    ) -> None:
        super().__init__()
        self.path = Path(path)
        self._origin = Origin(app, verify)
        self._headers = [(name.lower(), value) for name, value in (headers or {}).items()]
        self._secrets = {*secrets, *(value for _, value in self._headers)}
        self._records: list[Record] = []
        self._exchanges = 0
        self._ended: set[int] = set()
        self._began: float | None = None
        self._started = False

    @property
    def url(self) -> str:
        """Where clients find the app while it is recorded."""
        return self._here + self._origin.path

    @property
    def transcript(self) -> Transcript:
        """What was recorded so far, as it will be written."""
        addresses = [self._here, *self._origin.addresses]
        return Transcript(clean(self._records, addresses, self._secrets), self._origin.path)

    async def start(self) -> None:
        """Begin to pass on and to record, in the running loop."""
        await super().start()
        self._started = True

    async def stop(self) -> None:
        """Drop every connection and write the transcript."""
        await super().stop()
        if self._started:
            self._started = False
            self.transcript.save(self.path)

    # --- passing on -------------------------------------------------------------

    async def _handle(self, exchange: Exchange) -> None:
        self._exchanges += 1
        number = self._exchanges
        request = exchange.request
        socket = request.headers.get("upgrade", "").lower() == "websocket"
        self._note(
            Asked,
            number,
            method=request.method,
            target=request.target,
            headers=request.headers,
            body=read_body(request.body, request.headers.get("content-type", "")),
            socket=socket,
        )
        work = self._pass_on(exchange, number, socket)
        if socket:
            await work
        else:
            await exchange.while_there(work)

    async def _ask(self, exchange: Exchange, socket: bool) -> Answer:
        request = exchange.request
        given = {name for name, _ in self._headers}
        headers = [(k, self._inwards(v)) for k, v in request.headers.items() if k not in given]
        headers += self._headers
        if socket:
            return await ask_for_socket(self._origin, request.target, headers)
        body = request.body
        if _TEXTUAL.match(request.headers.get("content-type", "")):
            body = self._inwards(body.decode("latin-1")).encode("latin-1")
        return await ask(self._origin, request.method, request.target, headers, body)

    async def _pass_on(self, exchange: Exchange, number: int, socket: bool) -> None:
        answer = None
        try:
            answer = await self._ask(exchange, socket)
            if answer.status == 101:
                await self._pass_on_socket(exchange, answer, number)
            elif answer.header("content-type").startswith("text/event-stream"):
                await self._pass_on_stream(exchange, answer, number)
            else:
                await self._pass_on_whole(exchange, answer, number)
        except BrokenOff:
            self._note(Ended, number, cut=True)
            exchange.cut()
        finally:
            self._note(Ended, number, by="client")  # unless it has ended already
            if answer is not None:
                answer.close()

    async def _pass_on_whole(self, exchange: Exchange, answer: Answer, number: int) -> None:
        body = b"".join([piece async for piece in answer.pieces()])
        kind = answer.header("content-type")
        self._note_answer(answer, number, body=read_body(body, kind))
        self._ended.add(number)
        if _TEXTUAL.match(kind):
            body = self._outwards(body)
        await exchange.respond(answer.status, body, self._headers_for_client(answer))

    async def _pass_on_stream(self, exchange: Exchange, answer: Answer, number: int) -> None:
        self._note_answer(answer, number, streams=True)
        headers = [*self._headers_for_client(answer), ("transfer-encoding", "chunked")]
        await exchange.send_head(answer.status, headers)
        async for block in _blocks(answer.pieces()):
            event, body = event_from(block)
            self._note(Said, number, event=event, body=body)
            await exchange.send_chunk(self._outwards(block))
        self._note(Ended, number)
        await exchange.send_chunk(b"")

    async def _pass_on_socket(self, exchange: Exchange, answer: Answer, number: int) -> None:
        self._note_answer(answer, number, streams=True)
        await exchange.accept_socket()
        both = [
            asyncio.create_task(self._from_app(exchange, answer, number)),
            asyncio.create_task(self._from_client(exchange, answer, number)),
        ]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _from_app(self, exchange: Exchange, answer: Answer, number: int) -> None:
        try:
            while (message := await answer.message()).opcode != CLOSE:
                self._note(Said, number, body=_body_of(message))
                data = self._outwards(message.data) if message.opcode == TEXT else message.data
                await exchange.send_frame(data, message.opcode)
        except BrokenOff:
            self._note(Ended, number, cut=True)
            exchange.cut()
            return
        self._note(Ended, number, code=int.from_bytes(message.data[:2], "big"))
        await exchange.send_frame(message.data, CLOSE)
        exchange.hang_up()

    async def _from_client(self, exchange: Exchange, answer: Answer, number: int) -> None:
        try:
            while (message := await exchange.receive_message()).opcode != CLOSE:
                self._note(Said, number, by="client", body=_body_of(message))
                if message.opcode == TEXT:
                    text = self._inwards(message.data.decode("latin-1"))
                    message = Message(TEXT, text.encode("latin-1"))
                await answer.send(message)
        except (EOFError, ConnectionError):
            self._note(Ended, number, by="client", cut=True)
            return
        code = int.from_bytes(message.data[:2], "big")
        self._note(Ended, number, by="client", code=code)
        await answer.send(message)
        await exchange.close_socket(message.data, answering=True)

    # --- noting -----------------------------------------------------------------

    def _note(self, kind: Callable[..., Record], exchange: int, **fields: Any) -> None:
        now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = now
        if kind is Ended:
            if exchange in self._ended:
                return  # whoever ends it, the other side ends it too
            self._ended.add(exchange)
        self._records.append(kind(exchange=exchange, at=round(now - self._began, 3), **fields))

    def _note_answer(self, answer: Answer, exchange: int, **fields: Any) -> None:
        headers = {name: value for name, value in answer.headers if name != "set-cookie"}
        cookies = [value for name, value in answer.headers if name == "set-cookie"]
        fields |= {"status": answer.status, "headers": headers, "cookies": cookies}
        self._note(Answered, exchange, **fields)

    # --- addresses --------------------------------------------------------------

    def _inwards(self, text: str) -> str:
        """The app's own address for the proxy's."""
        return text.replace(self._here, self._origin.addresses[self._origin.scheme == "http"])

    def _outwards(self, data: bytes) -> bytes:
        """The proxy's address for the app's own, written in full or as in JavaScript."""
        for address in self._origin.addresses:
            data = data.replace(address.encode(), self._here.encode())
            escaped = address.replace("/", "\\/")
            data = data.replace(escaped.encode(), self._here.replace("/", "\\/").encode())
        return data

    def _headers_for_client(self, answer: Answer) -> list[tuple[str, str]]:
        kept = [(k, v) for k, v in answer.headers if k not in _NOT_PASSED_ON]
        passed = [(k, self._outwards(v.encode("latin-1")).decode("latin-1")) for k, v in kept]
        cookies = [value for name, value in answer.headers if name == "set-cookie"]
        return passed + [("set-cookie", cookie_for_here(cookie)) for cookie in cookies]


async def _blocks(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The blocks of an event stream, each with its blank line; a cut one as it came."""
    buffer = b""
    try:
        async for piece in pieces:
            buffer += piece
            while match := _BLOCK_END.search(buffer):
                yield buffer[: match.end()]
                buffer = buffer[match.end() :]
    except BrokenOff:
        if buffer:
            yield buffer
        raise
    if buffer:
        yield buffer


def _body_of(message: Message) -> Body | None:
    return Body(base64=message.data) if message.opcode == BINARY else read_body(message.data)
