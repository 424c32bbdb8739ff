"""What `Client` is given, in every spelling that gradio_client had, for our own client."""

from __future__ import annotations

import base64
import ssl
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from anyspace.compat.gradio_client._failures import Unsupported

__all__ = ["Options", "read_httpx_options", "read_older"]

_PROXY: Final = "name the proxy in the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)"
_CERTIFICATE: Final = "pass ssl_verify= an ssl.SSLContext that has the certificate loaded"
_NO_HTTPX: Final = "there is no httpx here; what it is for has to be done around the client"
_ADVICE: Final = {
    "cert": _CERTIFICATE,
    "mounts": _PROXY,
    "proxies": _PROXY,
    "proxy": _PROXY,
    "trust_env": _PROXY,
}
_PHASES: Final = ("connect", "read", "write", "pool")


@dataclass
class Options:
    """What was found among the keywords.

    Attributes:
        headers: Sent with every request to the app, names in lower case.
        timeouts: Fields of `anyspace.Timeouts`.
        verify: Check TLS certificates, or how.
    """

    headers: dict[str, str] = field(default_factory=dict)
    timeouts: dict[str, float | None] = field(default_factory=dict)
    verify: bool | ssl.SSLContext = True

    def add_headers(self, headers: Mapping[str, str] | None) -> None:
        """Add headers; later ones win."""
        self.headers.update({name.lower(): value for name, value in (headers or {}).items()})


def read_httpx_options(options: Options, given: Mapping[str, Any] | None) -> None:
    """Take over what httpx was to be told.

    Raises:
        Unsupported: It has no counterpart here; the message says what to do instead.
    """
    for name, value in (given or {}).items():
        reader = _READERS.get(name)
        if reader is None or reader(options, value) is False:
            advice = _ADVICE.get(name, _NO_HTTPX)
            raise Unsupported(f"httpx_kwargs has {name}={value!r}, which cannot be kept: {advice}")


def _read_timeout(options: Options, value: Any) -> bool:
    """One number for every phase of a request, a tuple of them, or an ``httpx.Timeout``."""
    if isinstance(value, tuple):
        connect, read = value[0], value[1] if len(value) > 1 else None
    elif hasattr(value, "connect") and hasattr(value, "read"):
        connect, read = value.connect, value.read
    elif value is None or isinstance(value, int | float):
        connect = read = value
    else:
        return False
    # httpx's read timeout is the time between two pieces of an answer, the event stream too.
    options.timeouts.update(connect=connect, first_message=read, idle=read)
    return True


def _read_verify(options: Options, value: Any) -> bool:
    if isinstance(value, str):  # httpx takes the path of a bundle too
        value = ssl.create_default_context(cafile=value)
    if not isinstance(value, bool | ssl.SSLContext):
        return False
    options.verify = value
    return True


def _read_headers(options: Options, value: Any) -> bool:
    options.add_headers(dict(value or {}))
    return True


def _read_cookies(options: Options, value: Any) -> bool:
    if value:
        pairs = dict(value).items()
        options.headers["cookie"] = "; ".join(f"{name}={content}" for name, content in pairs)
    return True


def _read_auth(options: Options, value: Any) -> bool:
    if not isinstance(value, tuple) or len(value) != 2:
        return value is None
    pair = ":".join(value).encode()
    options.headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return True


def _read_follow_redirects(options: Options, value: Any) -> bool:
    # Connecting follows a redirect of the app's address; no other request is redirected.
    return bool(value)


def _read_default(expected: Any) -> Callable[[Options, Any], bool]:
    """What may be said as long as it says the usual."""
    return lambda options, value: bool(value == expected)


_READERS: Final[dict[str, Callable[[Options, Any], bool]]] = {
    "auth": _read_auth,
    "cookies": _read_cookies,
    "follow_redirects": _read_follow_redirects,
    "headers": _read_headers,
    "http1": _read_default(True),
    "http2": _read_default(False),
    "proxies": _read_default(None),
    "proxy": _read_default(None),
    "timeout": _read_timeout,
    "trust_env": _read_default(True),
    "verify": _read_verify,
}


def read_older(older: dict[str, Any], token: Any, download_files: Any) -> tuple[Any, Any]:
    """Read the keywords of older versions: ``hf_token`` (to 1.x), ``output_dir`` and others (0.x).

    Returns:
        The token and the folder for files, from whichever keyword had them.

    Raises:
        TypeError: A keyword that no version has.
        Unsupported: A way of 0.x that is gone.
    """
    for name, value in older.items():
        if name not in ("hf_token", "output_dir", "serialize", "upload_files"):
            raise TypeError(f"Client.__init__() got an unexpected keyword argument {name!r}")
        now = {"hf_token": "token=", "output_dir": "download_files="}.get(name, "nothing")
        warnings.warn(
            f"{name}= is of an older gradio_client; pass {now} instead",
            DeprecationWarning,
            stacklevel=3,
        )
        if name == "hf_token":
            token = value if token is None else token
        elif name == "output_dir":
            download_files = value
        elif value is False:
            raise Unsupported(f"{name}=False is gone; pass values as the app's own page sends them")
    return token, download_files
