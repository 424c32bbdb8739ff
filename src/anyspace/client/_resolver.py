"""Name lookups: one that works to the end, and one that finds public hosts only."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from anyspace._errors import FileError

__all__ = ["ForgivingResolver", "PublicResolver", "check_public_literal", "is_local"]


class ForgivingResolver(ThreadedResolver):
    """Looks names up in a thread, or right here when no thread can be had any more.

    While the interpreter shuts down, executors take no work, but calls from atexit
    handlers should still go through.
    """

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host."""
        try:
            return await super().resolve(host, port, family)
        except RuntimeError:
            found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
            return [
                ResolveResult(
                    hostname=host,
                    host=str(address[0]),
                    port=int(address[1]),
                    family=kind,
                    proto=proto,
                    flags=socket.AI_NUMERICHOST,
                )
                for kind, _, proto, _, address in found
            ]


class PublicResolver(AbstractResolver):
    """Refuses hosts that lie in a private network.

    An app may name any URL as its file; without this, it could make us fetch from
    inside our user's network. The check is made on the address that is connected to,
    so a name that changes its mind does not get through.
    """

    def __init__(self) -> None:
        self._inner = ForgivingResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host, if all are public."""
        found = await self._inner.resolve(host, port, family)
        for result in found:
            if not _is_public(result["host"]):
                raise FileError(f"{host} is not a public host, so the file there is not fetched")
        return found

    async def close(self) -> None:
        """Release what lookups hold."""
        await self._inner.close()


def check_public_literal(url: str) -> None:
    """Refuse a URL whose host is itself a private address; names are checked at lookup.

    Raises:
        FileError: It is one, or it is no http(s) URL.
    """
    try:
        # As it will be connected to: "１２７.0.0.1" and "127。0。0。1" are 127.0.0.1 by then.
        target = URL(url)
        host = target.raw_host
    except ValueError:
        host = None
    if not host or target.scheme not in ("http", "https"):
        raise FileError(f"{url!r} is no address that a file could be fetched from")
    try:
        public = _is_public(host)
    except ValueError:
        # A name, unless it is a number in another notation, which skips the lookup.
        public = not host.replace(".", "").isdigit()
    if not public:
        raise FileError(f"{host} is not a public host, so the file there is not fetched")


def is_local(url: str) -> bool:
    """Whether only this machine or its network can reach the URL, as far as its text tells."""
    host = (urlsplit(url).hostname or "").lower()
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host


def _is_public(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_global
