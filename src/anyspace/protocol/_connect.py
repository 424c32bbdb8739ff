"""Finding out what we talk to.

The policy. `/config` decides everything: it always lies at the app's root, never
below the API prefix. A redirect of `/config` is followed a few times, because
Spaces redirect http to https and apps are moved below sub-paths; the address that
answers becomes the app's root. 401 means a login is wanted: with credentials the
login is posted once and the question asked again. HTML is never a Gradio
configuration; an outage (502-504) is reported as one and never read as "not
Gradio". `/info` is helpful but not needed: several versions answer 500 to it for
apps with unusual components, and then the configuration alone has to do. Where
`/config` is missing, the app's own page is asked, which holds the configuration too
(``window.gradio_config``: 3.x to today).

The flow is a generator: it yields requests and is sent responses.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import msgspec

from anyspace._errors import AuthenticationError, NotGradio, RemoteProtocolError, SpaceNotFound
from anyspace.protocol._answers import error_for
from anyspace.protocol._generations import Wire
from anyspace.protocol._requests import Request, Requests, Response, login

__all__ = ["Connected", "Credentials", "connect"]

MAX_REDIRECTS: Final = 5

_EMBEDDED: Final = re.compile(rb"window\.gradio_config\s*=\s*(?=\{)")
_SCRIPT_END: Final = b"</script>"
_MOST_ENDS: Final = 8  # looked at: a page may be made to have very many


class Credentials(msgspec.Struct, frozen=True):
    """A user name and password of the app itself (``launch(auth=…)``)."""

    username: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials({self.username!r}, …)"


class Connected(msgspec.Struct, frozen=True):
    """What connecting found out.

    Attributes:
        wire: How to speak to the app.
        root: Where it answered, without a slash at the end; ``""`` when that is where it was asked.
        config: The body of ``/config``.
        info: The body of ``/info``, None when the app could not give it.
    """

    wire: Wire
    root: str
    config: bytes
    info: bytes | None


class _Head(msgspec.Struct):
    """The fields of ``/config`` that say how to speak."""

    version: str | None = None
    protocol: str | None = None
    api_prefix: str | None = None
    connect_heartbeat: Any = None
    dependencies: list[msgspec.Raw] | None = None


_HEAD: Final = msgspec.json.Decoder(_Head)


def connect(credentials: Credentials | None = None) -> Generator[Request, Response, Connected]:
    """Yield the requests that find out how to speak to an app; return what they told.

    A request whose path is a whole URL (after a redirect) goes to that URL.

    Raises:
        AuthenticationError: A login is wanted, or was refused.
        NotGradio: Something else answers there.
        SpaceNotFound: Nothing is there.
        UnsupportedGeneration: The app speaks a generation this version does not.
        AnyspaceError: Whatever else an answer's status says.
    """
    root, response, same_host = yield from _fetch_config("")
    if response.status == 401 and credentials is not None and not _is_page(response):
        if not same_host:
            raise AuthenticationError(
                f"it redirects to {root}, another server, which is not sent the password; "
                "if you trust it, connect to it directly"
            )
        yield from _log_in(root, credentials)
        root, response, _ = yield from _fetch_config(root)
    if response.status == 404:
        response = yield from _look_into_page(root, response)
    head = _read_head(response)
    wire = Wire.negotiate(
        head.protocol,
        (head.version or "").strip(),  # 3.0 and 3.1 end it with a line break
        head.api_prefix or "",
        has_sessions=head.connect_heartbeat is True,
    )
    requests = Requests(wire)
    info = yield _below(root, requests.info())
    return Connected(wire, root, response.body, info.body if info.status == 200 else None)


def _fetch_config(root: str) -> Generator[Request, Response, tuple[str, Response, bool]]:
    """Ask for ``/config``, following redirects.

    Returns:
        The root that answered, its answer, and whether it is still the server that was asked.
    """
    url = f"{root}/config"
    asked: list[str] = []
    for _ in range(MAX_REDIRECTS):
        response = yield Request("GET", url)
        asked.append(response.url or url)
        if response.status not in (301, 302, 303, 307, 308):
            return root, response, all(_same_server(asked[0], later) for later in asked)
        root, url = _follow(response.url or url, response.headers.get("location", ""))
    raise RemoteProtocolError(f"/config redirects more than {MAX_REDIRECTS} times")


def _look_into_page(root: str, missing: Response) -> Generator[Request, Response, Response]:
    """Ask for the app's page; return the configuration in it, else the answer there was."""
    page = yield Request("GET", f"{root}/")
    config = _embedded(page.body) if page.status == 200 else None
    return Response(200, config, {"content-type": "application/json"}) if config else missing


def _embedded(page: bytes) -> bytes | None:
    """The configuration in a page: from its brace to the brace at the end of its script."""
    found = _EMBEDDED.search(page)
    if found is None:
        return None
    end = found.end()
    for _ in range(_MOST_ENDS):
        end = page.find(_SCRIPT_END, end)
        if end < 0:
            return None
        config = page[found.end() : end].rstrip().removesuffix(b";")
        if config.endswith(b"}"):
            return config
        end += len(_SCRIPT_END)
    return None


def _same_server(first: str, later: str) -> bool:
    """Tell whether a redirect stayed on the server that was asked, or took it to https."""
    one, other = urlsplit(first), urlsplit(later)
    if one.hostname != other.hostname:
        return False
    upgraded = (one.scheme, other.scheme) == ("http", "https")
    return upgraded or (one.scheme, one.port) == (other.scheme, other.port)


def _follow(url: str, location: str) -> tuple[str, str]:
    """Say where a redirect of ``/config`` leads: to which root, and to which address."""
    try:
        parts = urlsplit(urljoin(url, location))._replace(fragment="")
    except ValueError:  # "http://[" is no address at all
        parts = urlsplit("")
    path = parts.path.rstrip("/")
    is_web = parts.scheme in ("http", "https") and parts.netloc
    if not is_web or not path.endswith("/config"):
        raise NotGradio(f"its /config redirects to {location!r}, which is another page")
    return parts._replace(path=path.removesuffix("/config"), query="").geturl(), parts.geturl()


def _log_in(root: str, credentials: Credentials) -> Generator[Request, Response, None]:
    response = yield _below(root, login(credentials.username, credentials.password))
    if response.status in (400, 401, 403):  # 400 "Incorrect credentials." in every version
        raise AuthenticationError(
            f"the app refused the login of {credentials.username!r}: wrong user name or password"
        )
    if response.status != 200:
        raise error_for(response)


def _read_head(response: Response) -> _Head:
    if response.status in (401, 404) and _is_page(response):
        raise SpaceNotFound(
            "no Gradio app answers there, or it is a private Space and the token is missing "
            f"(HTTP {response.status})"
        )
    if response.status != 200:
        raise error_for(response)
    try:
        head = _HEAD.decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        what = "a web page" if _is_page(response) else "something that is not JSON"
        raise NotGradio(f"its /config is {what}, so this is no Gradio app (or not yet)") from exc
    if head.dependencies is None:
        raise NotGradio("its /config does not describe a Gradio app")
    return head


def _is_page(response: Response) -> bool:
    """Tell whether it is a page of the proxy before a Space; Gradio itself answers in JSON."""
    return "html" in response.content_type


def _below(root: str, request: Request) -> Request:
    return msgspec.structs.replace(request, path=root + request.path)
