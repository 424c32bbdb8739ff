"""Watch one client's wire: the requests it sends and the event streams it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from anyspace.client import Body, HttpTransport
from anyspace.protocol import EventStreamDecoder, Request, Response

__all__ = ["Wiretap", "path_to_file"]


class Wiretap(HttpTransport):
    """A transport that remembers what passes through it.

    Attributes:
        requests: What was sent, in order.
        messages: The messages of event streams, in order.
    """

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.requests: list[Request] = []
        self.messages: list[dict[str, Any]] = []

    async def request(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Send a request and remember it."""
        self.requests.append(request)
        return await super().request(request, headers)

    async def open(self, request: Request, headers: Mapping[str, str] | None = None) -> Body:
        """Open a response; listen along if it is an event stream."""
        self.requests.append(request)
        body = await super().open(request, headers)
        is_stream = "event-stream" in body.headers.get("content-type", "")
        return _TappedBody(body, self.messages) if is_stream else body


class _TappedBody:
    def __init__(self, body: Body, messages: list[dict[str, Any]]) -> None:
        self.status = body.status
        self.headers = body.headers
        self._body = body
        self._messages = messages
        self._decoder = EventStreamDecoder()

    @property
    def ended(self) -> bool:
        return self._body.ended

    async def read(self) -> bytes:
        chunk = await self._body.read()
        for event in self._decoder.receive_data(chunk) if chunk else ():
            self._messages.append(msgspec.json.decode(event.data))
        return chunk

    def close(self) -> None:
        self._body.close()


def path_to_file(value: Any, path: str = "data") -> str | None:
    """Where the first file of a raw answer is, as JavaScript would say it.

    >>> path_to_file([[{"image": {"path": "/tmp/a", "meta": {"_type": "gradio.FileData"}}}]])
    'data[0][0].image.url'
    """
    if isinstance(value, dict):
        if isinstance(value.get("meta"), dict) and value["meta"].get("_type") == "gradio.FileData":
            return f"{path}.url"
        steps = [(f"{path}.{key}", item) for key, item in value.items()]
    elif isinstance(value, list):
        steps = [(f"{path}[{i}]", item) for i, item in enumerate(value)]
    else:
        return None
    found = (path_to_file(item, step) for step, item in steps)
    return next((place for place in found if place), None)
