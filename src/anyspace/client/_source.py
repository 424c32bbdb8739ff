"""Where the files of an app are fetched from: its own host, another one, or the data itself."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import unquote, unquote_to_bytes

from anyspace import hub
from anyspace._errors import FileError, TransportTimeout
from anyspace.client._deadline import Deadline
from anyspace.client._limits import Limits, Timeouts
from anyspace.client._transport import Body, Transport, origin_of
from anyspace.protocol import Request, Requests, Response, error_for

__all__ = ["FileSource", "decode_data_url"]

_PROXIED: Final = re.compile(r"/proxy=(https?://[^?#]*?file=)")


class FileSource:
    """Where the files of one app are fetched from."""

    def __init__(
        self, transport: Transport, requests: Requests, limits: Limits, timeouts: Timeouts
    ) -> None:
        self.transport = transport
        self.limits = limits
        self.timeouts = timeouts
        self._requests = requests

    def url_of(self, data: Mapping[str, Any]) -> str:
        """The address of a file, from the app's ``FileData``.

        Built from the path, because `url` is not escaped on 4.44 to 5.50, is missing on
        4.16, and names an inner host behind some proxies. When the path is a URL
        itself, the file lies elsewhere and `url` says where; an app that shows another
        one (``gr.load()``) says there how to get it through it.
        """
        path, url = data.get("path"), data.get("url")
        if data.get("is_stream") is True and isinstance(path, str) and path:
            return self.transport.root + self._requests.live(path).path
        if isinstance(path, str) and path and not path.startswith(("http://", "https://")):
            proxied = _PROXIED.search(url) if isinstance(url, str) else None
            if proxied is not None:
                return self.transport.root + self._requests.proxied(proxied[1], path).path
            return self.transport.root + self._requests.file(path).path
        for candidate in (url, path):
            if isinstance(candidate, str) and candidate:
                return candidate
        return ""  # found out when it is opened: the other results must not be lost

    async def open(self, url: str, *, named_by_user: bool = False) -> Body:
        """Open a file; from the app's own origin with its credentials, else without.

        Args:
            url: Where it is.
            named_by_user: The address is the user's and not the app's word, so it may
                lie in a private network, or on the Hub for this user's token only.

        Raises:
            FileError: It cannot be had.
            TransportError: The connection failed.
        """
        if not url:
            raise FileError("the app returned a file without saying where it is")
        if url.startswith("data:"):
            return _InlineBody(decode_data_url(url)[1])
        seconds = self.timeouts.first_message
        try:
            async with Deadline.after(seconds):
                if origin_of(url) == origin_of(self.transport.root):
                    body = await self.transport.open(Request("GET", url))
                else:
                    body = await self.transport.open_foreign(url, public_only=not named_by_user)
        except TimeoutError as exc:
            raise TransportTimeout(
                f"{url} was not sent for {seconds:g} s", limit="first_message"
            ) from exc
        if body.status != 200:
            body.close()
            raise FileError(f"{url} cannot be fetched: {_why(url, body, named_by_user)}")
        return body


def _why(url: str, body: Body, named_by_user: bool) -> str:
    """Why a file is not given out; the Hub says so in a header."""
    told = " ".join(body.headers.get("x-error-message", "").split())[:300]
    if not told or not hub.is_repo_file(url):
        return str(error_for(Response(body.status, b"", body.headers)))
    if body.status not in (401, 403, 404):
        return f"the Hub says: {told}"
    if not named_by_user:
        return f"the Hub says: {told} (no token was sent with it)"
    return (
        f"the Hub says: {told} (it was asked with token=, else $HF_TOKEN or the login of "
        "`hf auth login`, as far as there is one)"
    )


class _InlineBody:
    """A file that came among the data, as a `Body`."""

    status = 200
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, content: bytes) -> None:
        self._content = content

    @property
    def ended(self) -> bool:
        return not self._content

    async def read(self) -> bytes:
        content, self._content = self._content, b""
        return content

    def close(self) -> None:
        self._content = b""


def decode_data_url(url: str) -> tuple[str, bytes]:
    """Read a ``data:`` URL.

    Returns:
        Its media type, ``""`` when it has none, and its content.

    Raises:
        FileError: It is not a valid one.
    """
    head, comma, payload = url.removeprefix("data:").partition(",")
    if not comma:
        raise FileError("a data: URL without a comma has no content")
    mime_type, *options = (part.strip() for part in head.split(";"))
    if "base64" not in options:
        return mime_type, unquote_to_bytes(payload)
    try:
        return mime_type, base64.b64decode(unquote(payload), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise FileError(f"a data: URL is not valid base64: {exc}") from exc
