"""Cookies that stay with the server that set them.

Browsers keep cookies for a host, whatever its port. An app's login is for one server, and
another port of the same machine may be another man's app; so here they are kept for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from http.cookies import BaseCookie
from typing import Any, Final

import aiohttp
from yarl import URL

__all__ = ["ServerCookies"]

_NOWHERE: Final = URL()
_NONE: Final[BaseCookie[str]] = BaseCookie()  # read, and never added to


class ServerCookies(aiohttp.CookieJar):
    """One jar for each host and port; takes cookies of IP addresses (127.0.0.1) too."""

    def __init__(self) -> None:
        super().__init__(unsafe=True)
        self._jars: dict[tuple[str | None, int | None], aiohttp.CookieJar] = {}

    def update_cookies(self, cookies: Any, response_url: URL = _NOWHERE) -> None:
        """Keep what a server set."""
        self._jar(response_url).update_cookies(cookies, response_url)

    def update_cookies_from_headers(self, headers: Sequence[str], response_url: URL) -> None:
        """Keep what a server set, as newer versions of the HTTP library hand it in."""
        self._jar(response_url).update_cookies_from_headers(headers, response_url)

    def filter_cookies(self, request_url: URL = _NOWHERE) -> BaseCookie[str]:
        """Return what goes along with a request."""
        jar = self._jars.get((request_url.host, request_url.port))
        return _NONE if jar is None else jar.filter_cookies(request_url)

    def _jar(self, url: URL) -> aiohttp.CookieJar:
        server = (url.host, url.port)
        if server not in self._jars:
            self._jars[server] = aiohttp.CookieJar(unsafe=True)
        return self._jars[server]
