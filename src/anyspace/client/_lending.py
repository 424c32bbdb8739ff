"""What other rooms need of a connected client besides its calls.

`lend_session` is for work that takes several calls: the app keeps its state for a
session, so they have to share one, while other calls of the same client go on having
their own. `file_at` is for files that an app names in something else than a file value.
"""

from __future__ import annotations

import copy
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

import msgspec

from anyspace.client._client import AsyncClient
from anyspace.client._resolver import is_local
from anyspace.client._session import Session
from anyspace.schema import FileValue

__all__ = ["file_at", "lend_session"]

_ABSOLUTE: Final = re.compile(r"/|[A-Za-z]:\\")
# What stands behind it is a path on the app's machine, wherever the app thinks it lives.
_FILE_ROUTE: Final = re.compile(r"(?:^|/)file=(.+)", re.DOTALL)


@asynccontextmanager
async def lend_session(client: AsyncClient) -> AsyncIterator[AsyncClient]:
    """Lend a client whose calls share one session, over the same connections.

    The session ends with the block; who borrowed it does not close it. A client that
    keeps its state from call to call lends itself.

    Raises:
        AnyspaceError: The client could not connect.
    """
    await client.connect()
    connection = client._connected
    if connection.session is not None:
        yield client
        return
    lent = copy.copy(client)
    lent._shared = True
    lent._left = []
    own = Session(connection.transport, connection.requests, client._limits)
    lent._connection = msgspec.structs.replace(connection, session=own)
    try:
        yield lent
    finally:
        current, lent._connection, lent._closed = lent._connected.session, None, True
        for session in {own, current} - {None}:
            assert session is not None
            await session.aclose()


def file_at(client: AsyncClient, address: str, mime_type: str = "") -> FileValue:
    """Make a file of an address that an app wrote into text, HTML or JSON.

    It is fetched as every other file that the app names: from the app's own host with
    its credentials, from another one without them and only if that is public.

    Args:
        client: A connected client of the app.
        address: A URL, one relative to the app's page (``/file=/tmp/fox.png``), a
            ``data:`` URL, or a path on the app's own machine.
        mime_type: ``""`` when unknown; ``image/*`` is from a tag of the app's HTML.
    """
    connection = client._connected
    data: dict[str, Any] = {"url": _place(address, connection.transport.root, mime_type)}
    inner = _inner_path(address)
    if inner is not None:
        data = {"path": inner}
    elif _is_path(address, mime_type):
        data = {"path": address}
    if mime_type and not mime_type.endswith("/*"):
        data["mime_type"] = mime_type
    return client._make_file(connection.source, data)


def _inner_path(address: str) -> str | None:
    """The path behind an app's file route, if the address is the app's own.

    Behind a proxy apps write their inner host into the page (``http://0.0.0.0:7860``).
    """
    if address.startswith("data:"):
        return None
    found = _FILE_ROUTE.search(address)
    if found is None or (_is_url(address) and not _is_inner(address)):
        return None
    return unquote(found[1])


def _is_inner(url: str) -> bool:
    try:
        return urlsplit(url).hostname == "0.0.0.0" or is_local(url)
    except ValueError:
        return False


def _is_path(address: str, mime_type: str) -> bool:
    """Tell a path on the app's machine from an address that its page is the base of."""
    return bool(_ABSOLUTE.match(address)) and not mime_type.endswith("/*")


def _is_url(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def _place(address: str, root: str, mime_type: str) -> str:
    if address.startswith("data:"):
        return address
    try:
        return urljoin(f"{root}/", address)
    except ValueError:
        return address  # found out when it is opened
