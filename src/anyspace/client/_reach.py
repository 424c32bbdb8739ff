"""From what the user named to an app that has described itself.

The Hub is asked where a Space is, the Space is woken and waited for, and the token is
put where it may go: this is the one place that decides so, before any request to the app.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Generator, Mapping
from typing import Final, NamedTuple

from anyspace import hub, protocol
from anyspace._errors import (
    AnyspaceError,
    NotGradio,
    RemoteProtocolError,
    SpaceNotFound,
    SpaceUnavailable,
    TransportError,
)
from anyspace.client._limits import Limits, Timeouts
from anyspace.client._transport import HttpTransport, Transport, is_same_server
from anyspace.client._watching import Watcher

__all__ = ["WAIT_SECONDS", "Access", "Reached", "ask_description", "reach"]

WAIT_SECONDS: Final = 300.0
_KNOCK_SECONDS: Final = 15.0


class Access(NamedTuple):
    """How an app is to be reached; what `AsyncClient` was given."""

    source: hub.Source
    token: str | bool | None
    auth: protocol.Credentials | None
    headers: Mapping[str, str]
    timeouts: Timeouts
    limits: Limits
    verify: bool | ssl.SSLContext
    wait: float
    on_stage: hub.OnStage | None
    transport: Transport | None
    watcher: Watcher | None
    oauth_token: str | None

    def __repr__(self) -> str:
        # The token, the password and headers are nobody's business.
        return f"<{type(self).__name__} to {self.source.space_id or self.source.url}>"

    def find_token(self) -> str | None:
        """The token that the Hub is asked with; none for an address that is no Space's."""
        of_hub = self.source.space_id or hub.is_hub_host(self.source.url)
        return hub.find_token(self.token) if of_hub else None

    def find_hub_token(self) -> str | None:
        """The token for files of the Hub that the user names, whatever the app is."""
        return hub.find_token(self.token)

    def token_for(self, location: hub.Location, token: str | None) -> str | None:
        """The token that may go to the app.

        For a Space that which the Hub is asked with, to the host that the Hub named and over
        https; for any other address only one that the user gave for it.
        """
        if location.space_id:
            return token if hub.may_send_token(location.url, location) else None
        return hub.find_token(self.token) if isinstance(self.token, str) else None


class Reached(NamedTuple):
    """An app that has described itself.

    Attributes:
        found: What it said.
        transport: The way to it.
        location: Where it is.
        token: The token that the user gave for it and that goes there, ``""`` for none. The
            app's own code may get to see this one, so it is never a saved one.
    """

    found: protocol.Connected
    transport: Transport
    location: hub.Location
    token: str


async def reach(access: Access, *, fresh: bool = False) -> Reached:
    """Find the app, wake its Space where need be, and read what it says of itself.

    Args:
        access: How.
        fresh: Ask the Hub, whatever it said in the last minutes.

    Raises:
        SpaceError: The Space or app cannot be used as it is.
        TransportError: It cannot be reached.
        ProtocolError: It speaks no Gradio that this version knows.
    """
    token = access.find_token()
    location = await hub.locate(access.source, token, fresh=fresh)
    sent = access.token_for(location, token)
    transport = access.transport or _open(access, location, sent)
    try:
        found = await _find(access, location, token, transport)
        same = is_same_server(transport.root, found.root or transport.root)
        given = sent if isinstance(access.token, str) else None
        if access.oauth_token is not None:
            given = hub.find_token(access.oauth_token)
        return Reached(found, transport, location, (given or "") if same else "")
    except _Moved:
        await transport.aclose()
        return await reach(access, fresh=True)
    except BaseException as exc:  # given up while it waited, too: nothing stays open
        if isinstance(exc, AnyspaceError):
            # As the user calls it, whatever the network says.
            exc.space = location.space_id or access.source.url
        await transport.aclose()
        raise


async def ask_description(
    auth: protocol.Credentials | None, transport: Transport
) -> protocol.Connected:
    """Ask an app what it says of itself, and log in where need be."""
    return await _drive(protocol.connect(auth), transport)


def _open(access: Access, location: hub.Location, token: str | None) -> HttpTransport:
    headers = dict(access.headers)
    if token:
        # An app's own login keeps its header; the Hub's proxy reads the other one, too.
        name = "x-hf-authorization" if "authorization" in headers else "authorization"
        headers[name] = f"Bearer {token}"
    return HttpTransport(
        location.url,
        headers=headers,
        timeouts=access.timeouts,
        limits=access.limits,
        verify=access.verify,
        watcher=access.watcher,
        find_hub_token=access.find_hub_token,
    )


async def _find(
    access: Access, location: hub.Location, token: str | None, transport: Transport
) -> protocol.Connected:
    """Read what the app says of itself; wake its Space and wait for it where need be."""
    if not location.space_id:
        return await ask_description(access.auth, transport)
    await _wait_for(access, location, token, transport)
    try:
        return await ask_description(access.auth, transport)
    except (NotGradio, RemoteProtocolError, SpaceNotFound, SpaceUnavailable, TransportError) as exc:
        # What the Hub said may be minutes old.
        now = await hub.locate(hub.Source(space_id=location.space_id), token, fresh=True)
        if access.source.space_id and now.url != location.url:
            raise _Moved from None
        if now.runs:
            if now.sdk == "docker" and isinstance(exc, NotGradio | SpaceNotFound):
                raise NotGradio(
                    f"{now.space_id} is a Docker Space, and what runs in it is not Gradio",
                    space=now.space_id,
                ) from exc
            raise
        await _wait_for(access, now, token, transport)
    return await ask_description(access.auth, transport)


async def _wait_for(
    access: Access, location: hub.Location, token: str | None, transport: Transport
) -> None:
    async def knock() -> None:
        with contextlib.suppress(AnyspaceError, TimeoutError):
            async with asyncio.timeout(_KNOCK_SECONDS):
                await transport.request(protocol.Request("GET", "/"))

    await hub.wait_until_running(
        location, token, wait=access.wait, knock=knock, on_stage=access.on_stage
    )


class _Moved(Exception):
    """The Space answers at another address than the Hub said some minutes ago."""


async def _drive(
    flow: Generator[protocol.Request, protocol.Response, protocol.Connected], transport: Transport
) -> protocol.Connected:
    """Carry out the requests of the connect flow."""
    try:
        request = next(flow)
        while True:
            request = flow.send(await transport.request(request))
    except StopIteration as stop:
        connected: protocol.Connected = stop.value
        return connected
