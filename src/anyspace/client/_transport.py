"""The only place that opens sockets to apps.

`Transport` is the seam: everything above it speaks in `Request` and `Response`.
`HttpTransport` is the real one, over one aiohttp session per client.

Every request to the app passes `HttpTransport._address`, which decides what may go where: the
caller's token and headers go to the app's own origin and nowhere else. What lies on other
hosts is fetched by `HttpTransport.open_foreign` alone, without credentials; a file of the
Hub that the user named takes the user's Hub token as far as the Hub, see `_hub_headers`.
Redirects are never followed by the HTTP library, so nothing follows one by accident.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final, Protocol
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from anyspace import hub
from anyspace._errors import (
    AnyspaceError,
    ConnectFailed,
    FileError,
    RemoteProtocolError,
    StreamBroken,
    TransportTimeout,
    UsageError,
)
from anyspace.client._connector import CarefulConnector, never_repeat
from anyspace.client._cookies import ServerCookies
from anyspace.client._deadline import Deadline
from anyspace.client._encoding import ACCEPTED, Unpacker, unpacker_for
from anyspace.client._limits import Limits, Timeouts
from anyspace.client._resolver import ForgivingResolver, PublicResolver, check_public_literal
from anyspace.client._watching import UNWATCHED, Watched, Watcher
from anyspace.protocol import Request, Response, error_for

__all__ = ["Body", "HttpTransport", "Socket", "Transport", "is_same_server", "origin_of"]

logger = logging.getLogger("anyspace.client")

_NETWORK_ERRORS: Final = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
_DROPPED: Final = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS: Final = 5
_PING_SECONDS: Final = 30.0
_FAREWELL_SECONDS: Final = 1.0  # how long to wait for the app to close a websocket too
_TOO_BIG: Final = 1009  # the close code of RFC 6455

_REPLICA: Final = re.compile(r"(\w+-)?\w+")
_PINNED: Final = "/--replicas/"

# uvicorn, which serves every Gradio app, drops an idle connection after 5 s. A request on a
# connection that is dropped at that moment cannot be told from one that was taken, and a
# submitted job must not be sent twice: so we drop ours first. Proxies (https) wait longer.
_KEEPALIVE_PLAIN: Final = 4.0
_KEEPALIVE_TLS: Final = 15.0


class Body(Protocol):
    """A response whose body is still coming."""

    status: int
    headers: Mapping[str, str]

    @property
    def ended(self) -> bool:
        """Nothing is left to read."""
        ...

    async def read(self) -> bytes:
        """Return the next bytes, ``b""`` at the end."""
        ...

    def close(self) -> None:
        """Drop the rest. The connection is kept when nothing is left to come."""
        ...


class Socket(Protocol):
    """An open websocket."""

    async def receive(self) -> bytes | None:
        """Return the next frame, None when the app has closed the connection."""
        ...

    async def send(self, frame: bytes) -> None:
        """Send a frame of text."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


class Transport(Protocol):
    """What the client needs from the network."""

    root: str
    """Where the app answers, without a slash at the end; requests are relative to it."""

    def unpin(self) -> None:
        """Go back to where any replica of the Space may answer."""
        ...

    async def request(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Send a request and read the whole answer.

        Raises:
            ConnectFailed: Nothing was sent.
            StreamBroken: The connection ended before the answer did.
            TransportTimeout: The app was too slow.
        """
        ...

    async def open(self, request: Request, headers: Mapping[str, str] | None = None) -> Body:
        """Send a request and return its answer unread; same errors as `request`."""
        ...

    async def open_socket(
        self, request: Request, headers: Mapping[str, str] | None = None, *, max_size: int
    ) -> Socket:
        """Open a websocket (3.x); same errors as `request`."""
        ...

    async def upload(
        self,
        request: Request,
        parts: AsyncIterator[bytes],
        content_type: str,
        size: int | None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a body in pieces; same errors as `request`."""
        ...

    async def open_foreign(self, url: str, *, public_only: bool = True) -> Body:
        """Open a file on another host.

        Args:
            url: Where it is.
            public_only: Whoever named it is not the user: it is looked for on public hosts
                only, and no credentials go anywhere. Else a file of the Hub is asked for
                with the user's Hub token.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection. The transport opens anew when it is used again."""
        ...


class HttpTransport:
    """The transport over aiohttp.

    Args:
        root: The app's address.
        headers: Sent with every request to the app's own origin.
        timeouts: `connect` and `first_message` apply here, and `idle` to websockets.
        limits: `document` applies here.
        verify: Check TLS certificates, or an `ssl.SSLContext` to check them with.
        watcher: Told everything that goes over the wire.
        find_hub_token: Finds the user's Hub token, for files of the Hub that the user names.
    """

    def __init__(
        self,
        root: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
        verify: bool | ssl.SSLContext = True,
        watcher: Watcher | None = None,
        find_hub_token: Callable[[], str | None] | None = None,
    ) -> None:
        timeouts = timeouts or Timeouts()
        self._find_hub_token = find_hub_token
        self._own_headers = dict(headers or {})
        self._limits = limits or Limits()
        self._verify = verify
        self._watcher = watcher
        self._timeout = aiohttp.ClientTimeout(
            total=None,
            connect=timeouts.connect,
            sock_connect=timeouts.connect,
            sock_read=timeouts.first_message,
        )
        # Between two pieces of an answer `sock_read` counts; this is for all of them, or an
        # answer in drops would never end.
        whole = (timeouts.first_message, timeouts.idle)
        self._whole = None if None in whole else sum(seconds or 0.0 for seconds in whole)
        self._patient = aiohttp.ClientTimeout(
            total=None, connect=timeouts.connect, sock_connect=timeouts.connect, sock_read=None
        )
        self._idle = timeouts.idle
        self._session: aiohttp.ClientSession | None = None
        self._foreign: dict[bool, aiohttp.ClientSession] = {}  # by `public_only`
        self._cookies: ServerCookies | None = None
        self._closed = False
        self._replica = ""
        self._set_root(root)

    @property
    def root(self) -> str:
        """Where the app answers."""
        return self._root

    @root.setter
    def root(self, root: str) -> None:
        # Another server than the one the caller named gets nothing of the caller's; the
        # same host over https is the same server.
        if not is_same_server(self._root, root):
            self._own_headers = {}
        self._set_root(root)

    def unpin(self) -> None:
        """Go back to where any replica of the Space may answer."""
        self._replica = ""
        self._set_root(self._root.partition(_PINNED)[0])

    def _set_root(self, root: str) -> None:
        self._root = root.rstrip("/")
        self._origin = origin_of(root)
        self._proxy = _proxy_for(root)

    async def request(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Send a request and read the whole answer, up to the limit."""
        body = await self._open(request, headers, self._timeout)
        try:
            content = await body.read_all(self._limits.document, self._whole)
        finally:
            body.close()
        self._stay_with(body.headers)
        return Response(body.status, content, body.headers, body.url)

    async def open(self, request: Request, headers: Mapping[str, str] | None = None) -> Body:
        """Send a request and return its answer unread; no limit on the time between bytes."""
        return await self._open(request, headers, self._patient)

    async def open_socket(
        self, request: Request, headers: Mapping[str, str] | None = None, *, max_size: int
    ) -> Socket:
        """Open a websocket.

        3.x sends no heartbeats; the answers to pings tell within the `idle` limit whether the
        app is there.
        """
        url, sent = self._address(request, headers)
        watched = Watched(self._watcher, request.method, url, sent)
        try:
            socket = await self._get_session().ws_connect(
                url,
                headers=sent,
                proxy=self._proxy,
                autoping=False,
                max_msg_size=max_size,
                timeout=aiohttp.ClientWSTimeout(ws_close=_FAREWELL_SECONDS),
            )
        except aiohttp.WSServerHandshakeError as exc:
            watched.ended(exc)
            raise error_for(Response(exc.status)) from exc
        except _NETWORK_ERRORS as exc:
            watched.ended(exc)
            raise _translate(exc, url) from exc
        watched.answered(sent, 101, {})
        return _HttpSocket(socket, url, self._idle, watched)

    async def upload(
        self,
        request: Request,
        parts: AsyncIterator[bytes],
        content_type: str,
        size: int | None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a body in pieces, as they come."""
        length = {} if size is None else {"content-length": str(size)}
        own = {**(headers or {}), "content-type": content_type, **length}
        url, sent = self._address(request, own)
        body = await self._send(
            self._get_session(),
            request.method,
            url,
            data=parts,
            headers=sent,
            timeout=self._patient,
            proxy=self._proxy,
        )
        try:
            content = await body.read_all(self._limits.document, self._whole)
        finally:
            body.close()
        self._stay_with(body.headers)
        return Response(body.status, content, body.headers)

    async def open_foreign(self, url: str, *, public_only: bool = True) -> Body:
        """Open a file on another host, after at most 5 redirects.

        No credentials go there, but for one case: the user's Hub token goes to the Hub for a
        file of the Hub that the user named. It goes no step further than the Hub.
        """
        secret = {} if public_only else self._hub_headers(url)
        for _ in range(_MAX_REDIRECTS):
            if public_only:
                check_public_literal(url)
            try:
                target, proxy = URL(url), _proxy_for(url)
                # Once led away it does not come back: the way there was somebody else's.
                secret = secret if secret and hub.is_on_hub(str(target)) else {}
                body = await self._send(
                    self._get_foreign(public_only),
                    "GET",
                    target,
                    headers=secret,
                    timeout=self._patient,
                    proxy=proxy,
                    ssl=_checking(self._verify) if secret else True,
                )
            except (UsageError, ValueError) as exc:
                raise FileError(f"{url!r} is no address that a file could be fetched from") from exc
            if body.status not in _REDIRECTS:
                return body
            body.close()
            url = urljoin(url, body.headers.get("location", ""))
        raise FileError(f"{url} redirects more than {_MAX_REDIRECTS} times")

    def _hub_headers(self, url: str) -> dict[str, str]:
        """The user's Hub token, for a file of the Hub; none for anything else."""
        if self._find_hub_token is None or not hub.is_repo_file(url):
            return {}
        token = self._find_hub_token()
        return {"authorization": f"Bearer {token}"} if token else {}

    async def aclose(self) -> None:
        """Close every connection."""
        self._closed = True
        sessions = [self._session, *self._foreign.values()]
        self._session, self._foreign = None, {}
        for session in sessions:
            if session is not None:
                await session.close()

    def _stay_with(self, headers: Mapping[str, str]) -> None:
        """Keep to one replica of a Space that has several, as soon as that shows.

        A job, its stream and its files are known to the replica that took them and to no
        other. The Hub's proxy names it in each answer (``<revision>-<replica>``), and
        takes it as the first part of a path.
        """
        name = headers.get("x-proxied-replica", "")
        if not _REPLICA.fullmatch(name) or _PINNED in self._root:
            return
        if self._replica and self._replica != name:
            self._set_root(f"{self._root}{_PINNED}{name.rpartition('-')[2]}")
            logger.info("the Space has several replicas, staying with %s", self._root)
        self._replica = name

    async def _open(
        self, request: Request, headers: Mapping[str, str] | None, timeout: aiohttp.ClientTimeout
    ) -> _HttpBody:
        url, sent = self._address(request, headers)
        return await self._send(
            self._get_session(),
            request.method,
            url,
            once=request.once,
            data=request.body,
            headers=sent,
            timeout=timeout,
            proxy=self._proxy,
        )

    async def _send(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: URL,
        *,
        once: bool = False,
        **options: Any,
    ) -> _HttpBody:
        # A file may outlive its client. What is opened for it then is closed with it.
        own = session if self._closed else None
        sent = options.get("headers", {})
        watched = UNWATCHED
        if self._watcher is not None:
            watched = Watched(self._watcher, method, url, sent, options.get("data"))
        try:
            response = await _ask(session, method, url, once, options)
        except BaseException as exc:
            watched.ended(exc)
            if own is not None:
                _close_soon(own)
            if isinstance(exc, _NETWORK_ERRORS):
                raise _translate(exc, url) from exc
            raise
        if self._watcher is not None:
            watched.answered(response.request_info.headers, response.status, response.headers)
        try:
            return _HttpBody(response, own, watched)
        except RemoteProtocolError as exc:
            watched.ended(exc)
            response.close()
            if own is not None:
                _close_soon(own)
            raise

    def _address(
        self, request: Request, headers: Mapping[str, str] | None
    ) -> tuple[URL, dict[str, str]]:
        """Where a request goes and with which headers.

        A path lies below the root; a whole URL comes from the connect flow after a
        redirect, and gets the caller's headers only if it is still the same origin.
        """
        sent = dict(request.headers)
        path = request.path
        ours = True
        if path.startswith(("http://", "https://")):
            origin = origin_of(path)
            if not origin[0]:
                raise RemoteProtocolError(f"the app redirects to {path!r}, which is no address")
            ours = origin == self._origin
        else:
            if path and not path.startswith("/"):
                # Behind a host's name, "@evil.example" and ".evil.example" make another host.
                raise RemoteProtocolError(f"{path[:80]!r} is no path below the app's address")
            path = self._root + path
        if ours and (self._own_headers or headers):
            sent = {**self._own_headers, **(headers or {}), **sent}
        return URL(path, encoded=True), sent

    def _get_session(self) -> aiohttp.ClientSession:
        if self._session is not None:
            return self._session
        keepalive = _KEEPALIVE_TLS if self._root.startswith("https") else _KEEPALIVE_PLAIN
        if self._cookies is None:
            self._cookies = ServerCookies()
        session = aiohttp.ClientSession(
            connector=CarefulConnector(
                limit=0,  # one waiting job holds one connection; the app's queue is the limit
                keepalive_timeout=keepalive,
                resolver=ForgivingResolver(),
                ssl=self._verify,
            ),
            cookie_jar=self._cookies,
            headers={
                "user-agent": _user_agent(),
                "x-gradio-user": "api",
                "accept-encoding": ACCEPTED,
            },
            auto_decompress=False,  # see `_encoding`
        )
        never_repeat(session)
        if not self._closed:
            self._session = session
        return session

    def _get_foreign(self, public_only: bool) -> aiohttp.ClientSession:
        if public_only in self._foreign:
            return self._foreign[public_only]
        resolver = PublicResolver() if public_only else ForgivingResolver()
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, ssl=self._verify),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"user-agent": _user_agent(), "accept-encoding": ACCEPTED},
            auto_decompress=False,
        )
        if not self._closed:
            self._foreign[public_only] = session
        return session


class _HttpBody:
    """An aiohttp response as a `Body`.

    Raises:
        RemoteProtocolError: It is packed in a way that was not asked for.
    """

    __slots__ = (
        "_content",
        "_own",
        "_response",
        "_unpacker",
        "_watched",
        "headers",
        "status",
    )

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        own: aiohttp.ClientSession | None,
        watched: Watched,
    ) -> None:
        self._response = response
        self._own = own  # a session for this answer only
        self._watched = watched
        self._content = response.content
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers  # finds names in any case
        self._unpacker = unpacker_for(response.headers.get("content-encoding", ""))

    @property
    def url(self) -> str:
        """The address that answered."""
        return str(self._response.url)

    @property
    def ended(self) -> bool:
        return self._unpacker is None and self._content.at_eof()

    async def read(self) -> bytes:
        if self._unpacker is not None:
            piece = await self._unpacked(self._unpacker)
        else:
            piece = await self._read()
        self._watched.received(piece)
        return piece

    async def _read(self) -> bytes:
        try:
            return await self._content.readany()
        except _NETWORK_ERRORS as exc:
            self._watched.ended(exc)
            raise _translate(exc, self._response.url) from exc

    async def _unpacked(self, unpacker: Unpacker) -> bytes:
        while not (piece := unpacker.unpack()):
            packed = await self._read()
            if not packed:
                if not unpacker.whole:
                    raise StreamBroken(f"{self._response.url.path} ended too soon")
                return b""
            unpacker.feed(packed)
        return piece

    async def read_all(self, limit: int, seconds: float | None) -> bytes:
        """Read to the end, up to so many bytes and for so long."""
        length = self.headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > limit:
            raise self._too_large(limit)
        piece = await self.read()
        if len(piece) <= limit and self.ended:
            return piece
        pieces = [piece]
        try:
            async with Deadline.after(seconds):
                await self._read_rest(pieces, limit)
        except TimeoutError as exc:
            raise TransportTimeout(
                f"{self._response.url.path} was not all there after {seconds:g} s", limit="idle"
            ) from exc
        return b"".join(pieces)

    async def _read_rest(self, pieces: list[bytes], limit: int) -> None:
        size = len(pieces[0])
        while size <= limit and pieces[-1]:
            pieces.append(await self.read())
            size += len(pieces[-1])
        if size > limit:
            raise self._too_large(limit)

    def _too_large(self, limit: int) -> RemoteProtocolError:
        path = self._response.url.path
        return RemoteProtocolError(f"{path} is larger than the limit of {limit} bytes")

    def close(self) -> None:
        self._watched.ended()
        if self._content.at_eof():
            self._response.release()
        else:
            self._response.close()
        if self._own is not None:
            _close_soon(self._own)
            self._own = None


class _HttpSocket:
    """An aiohttp websocket as a `Socket`.

    The server pings as well, and hangs up when nothing answers for 20 s (uvicorn): seen with
    3.50.2, the jobs of a client that was stopped for a minute end as `StreamBroken`.
    """

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        url: URL,
        idle: float | None,
        watched: Watched,
    ) -> None:
        self._socket = socket
        self._url = url
        self._idle = idle
        self._watched = watched
        every = _PING_SECONDS if idle is None else min(_PING_SECONDS, idle / 3)
        self._pings = asyncio.create_task(_ping(socket, every))

    async def receive(self) -> bytes | None:
        message = await self._next()
        if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            data = message.data
            frame = data.encode() if isinstance(data, str) else bytes(data)
            self._watched.received(frame)
            return frame
        self._watched.ended()
        if self._socket.close_code == _TOO_BIG:
            raise RemoteProtocolError(f"a message of {self._url.path} is larger than allowed")
        return None

    async def _next(self) -> aiohttp.WSMessage:
        """Return the next message that is no ping and no answer to one.

        The HTTP library can see to pings, too, but gives up when half the time between two pings
        has passed without an answer, however long the app may be silent.
        """
        while True:
            try:
                async with Deadline.after(self._idle):
                    message = await self._socket.receive()
            except TimeoutError as exc:
                problem = TransportTimeout(
                    f"no answer to a ping for {self._idle:g} s", limit="idle"
                )
                self._watched.ended(problem)
                raise problem from exc
            if message.type is aiohttp.WSMsgType.PING:
                with contextlib.suppress(*_NETWORK_ERRORS):  # the next message tells
                    await self._socket.pong(message.data)
            elif message.type is not aiohttp.WSMsgType.PONG:
                return message

    async def send(self, frame: bytes) -> None:
        try:
            await self._socket.send_str(frame.decode())
        except _NETWORK_ERRORS as exc:
            self._watched.ended(exc)
            raise _translate(exc, self._url) from exc
        self._watched.said(frame)

    async def close(self) -> None:
        self._watched.ended()
        self._pings.cancel()
        await self._socket.close()


async def _ping(socket: aiohttp.ClientWebSocketResponse, every: float) -> None:
    """Ping until the socket is closed, which whoever listens there hears."""
    with contextlib.suppress(*_NETWORK_ERRORS):
        while True:
            await asyncio.sleep(every)
            await socket.ping()


async def _ask(
    session: aiohttp.ClientSession, method: str, url: URL, once: bool, options: dict[str, Any]
) -> aiohttp.ClientResponse:
    """Send a request; a second time when the first got no answer and only asked for something."""
    try:
        return await session.request(method, url, allow_redirects=False, **options)
    except aiohttp.ClientConnectorError:
        raise  # nobody is there
    except _DROPPED:
        if once or method != "GET":
            raise
    return await session.request(method, url, allow_redirects=False, **options)


_closing: set[asyncio.Task[None]] = set()


def _close_soon(session: aiohttp.ClientSession) -> None:
    task = asyncio.get_running_loop().create_task(session.close())
    _closing.add(task)
    task.add_done_callback(_closing.discard)


def _translate(exc: Exception, url: URL) -> AnyspaceError:
    """Turn aiohttp's exceptions into ours, once, here."""
    origin = f"{url.scheme}://{url.authority}"
    if isinstance(exc, aiohttp.ConnectionTimeoutError):
        return TransportTimeout(
            f"no connection to {origin} within the time for it", limit="connect", space=origin
        )
    if isinstance(exc, TimeoutError):
        return TransportTimeout(
            f"{origin} did not answer {url.path} in time", limit="first_message", space=origin
        )
    if isinstance(exc, aiohttp.ClientConnectorError | aiohttp.ClientHttpProxyError):
        return ConnectFailed(f"no connection to {origin}: {exc}", space=origin)
    if isinstance(exc, aiohttp.InvalidURL):
        return UsageError(f"{url} is no address")
    if isinstance(exc, aiohttp.ClientPayloadError | aiohttp.ServerDisconnectedError | OSError):
        words = str(exc) or type(exc).__name__
        return StreamBroken(f"the connection to {origin} ended too soon: {words}", space=origin)
    if isinstance(exc, ValueError) and not isinstance(exc, aiohttp.ClientError):
        # A line break in a header, say at the end of a token that was read from a file.
        return UsageError(f"the request to {origin} cannot be sent: {exc}", space=origin)
    return RemoteProtocolError(f"{origin} does not speak proper HTTP: {exc}", space=origin)


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: what decides whether two addresses are the same server."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:  # no address at all
        return "", "", 0
    return parts.scheme, (parts.hostname or "").lower(), port


def is_same_server(asked: str, answers: str) -> bool:
    """Tell whether a redirect stayed on the server that was asked, or took it to https."""
    one, other = origin_of(asked), origin_of(answers)
    return one == other or (one[1] == other[1] and other[0] == "https")


def _checking(verify: bool | ssl.SSLContext) -> bool | ssl.SSLContext:
    """Never to leave certificates unchecked, which is said of the app and not of the Hub."""
    return verify or ssl.create_default_context()


def _proxy_for(url: str) -> str | None:
    """The proxy that the environment names for this address."""
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.netloc):
        return None
    return getproxies().get(parts.scheme)


def _user_agent() -> str:
    from anyspace import __version__

    return f"anyspace/{__version__}"
