"""`Call`: one call of one endpoint, with all that is needed to write it as code."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from anyspace._errors import UsageError
from anyspace.capture._place import Place
from anyspace.schema import App, Endpoint, FileValue

__all__ = ["Call", "FileHere", "Gateway"]

_VERSION: Final = re.compile(r"(\d+)\.(\d+)")
_FACADE: Final = "6.31.0"  # what a gateway's Gradio apps speak
_BY_NAME: Final = (6, 13)
_NEWEST: Final = (999, 0)  # an app that does not tell its version is taken for a new one


class FileHere(FileValue):
    """A file among the arguments that whoever runs the code has.

    Args:
        path: Where it lies on the reader's machine.
        url: Where it lies in the web.
    """

    def __init__(self, *, path: str = "", url: str = "") -> None:
        self.path = path
        self.url = url
        self.name = PurePath(path or urlsplit(url).path).name
        self.mime_type = mimetypes.guess_type(self.name)[0] or ""
        self.size = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileHere) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.path, self.url))

    def __repr__(self) -> str:
        return f"<FileHere {self.address!r}>"

    @property
    def address(self) -> str:
        """Its path or its URL."""
        return self.path or self.url


class Gateway(msgspec.Struct, frozen=True):
    """An anyspace gateway in front of the Space.

    Attributes:
        url: Its address, without a slash at the end.
        model: What it calls the Space.
    """

    url: str
    model: str

    @property
    def openai(self) -> str:
        """The base URL of its OpenAI routes."""
        return f"{self.url}/v1"

    @property
    def app(self) -> str:
        """The Gradio app that it makes of the Space."""
        return f"{self.url}/gradio/{self.model}"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of one endpoint.

    Attributes:
        source: What the user calls the Space: ``owner/name`` or an address.
        url: Where the app answers, without a slash at the end.
        app: What it says about itself.
        endpoint: What is called.
        arguments: By parameter name; those that keep their default are left out. Files are
            `FileHere`.
        place: Where the result is.
        task: The task that the call does, ``""`` when it was not found out.
        fields: The arguments as the task's fields, by name.
        fitting: The parameter that takes each field of the task.
        gateway: Through which it goes, None for the Space itself.
        token: The user's Hugging Face token may go there.
    """

    source: str
    url: str
    app: App
    endpoint: Endpoint
    arguments: Mapping[str, Any]
    place: Place
    task: str = ""
    fields: Mapping[str, Any] = {}
    fitting: Mapping[str, str] = {}
    gateway: Gateway | None = None
    token: bool = False

    @property
    def address(self) -> str:
        """What a Gradio client connects to: the gateway's app, the Space's name or its address."""
        return self.gateway.app if self.gateway else self.source

    @property
    def root(self) -> str:
        """Where requests go.

        Raises:
            UsageError: The app's address is not known: only its name and description are.
        """
        if self.gateway is None and not self.url:
            raise UsageError(
                f"where {self.source} answers is known only when it is asked: leave out --info, "
                "or give its address"
            )
        return self.gateway.app if self.gateway else self.url

    @property
    def api(self) -> str:
        """What the paths of the API begin with."""
        return "/gradio_api" if self.gateway else self.app.api_prefix

    @property
    def version(self) -> tuple[int, int]:
        """The Gradio version that answers."""
        found = _VERSION.match(_FACADE if self.gateway else self.app.version)
        return (int(found[1]), int(found[2])) if found else _NEWEST

    @property
    def name(self) -> str:
        """The endpoint's name without its slash, or a word for one that has none."""
        return self.endpoint.api_name.lstrip("/") or f"fn_{self.endpoint.fn_index}"

    @property
    def nickname(self) -> str:
        """A short name for the Space, of letters, digits and hyphens."""
        own = self.source.rstrip("/").rpartition("/")[2].partition(":")[0]
        given = self.gateway.model.rpartition("/")[2] if self.gateway else ""
        words = given or (self.app.title if _is_address(own) else own)
        return re.sub(r"[^A-Za-z0-9]+", "-", words).strip("-").lower() or "space"

    @property
    def single(self) -> bool:
        """The endpoint has one output, which clients return as itself."""
        return len(self.endpoint.outputs) == 1

    @property
    def named(self) -> bool:
        """The app itself knows its parameters by name (4.23), and so do other clients."""
        return all(parameter.named for parameter in self.endpoint.parameters)

    @property
    def certain(self) -> bool:
        """anyspace will find its parameters under the same names when the code runs.

        Without ``/info``, as in a HAR, names are made of labels, and the app may have others.
        """
        return self.named or self.app.described

    @property
    def by_name(self) -> bool:
        """The app takes named arguments in a plain request (``/call/v2``, 6.13)."""
        return self.named and self.version >= _BY_NAME and bool(self.endpoint.api_name)

    def values(self) -> list[Any]:
        """One value for each parameter, in the endpoint's order, defaults filled in."""
        return [
            self.arguments.get(parameter.name, parameter.default)
            for parameter in self.endpoint.parameters
        ]

    def via(self, gateway: Gateway) -> Call:
        """The same call through a gateway."""
        return msgspec.structs.replace(self, gateway=gateway, token=False)


def _is_address(word: str) -> bool:
    return not word or word == "localhost" or word.replace(".", "").isdigit()
