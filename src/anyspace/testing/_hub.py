"""`FakeHub`: a Hugging Face Hub with the Spaces that a test gives it."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import msgspec

from anyspace.testing._http import Exchange, Headers, Received
from anyspace.testing._local import LocalServer

__all__ = ["FakeHub"]

_SPACE: Final = re.compile(r"/api/spaces/([^/]+/[^/]+?)(/host|/runtime|/duplicate)?")
_FILE: Final = re.compile(r"/((?:(?:datasets|spaces)/)?[^/]+/[^/]+)/resolve/[^/]+/(.+)")
_SUBDOMAIN: Final = re.compile(r"/api/spaces/by-subdomain/([^/]+)")
Handler = Callable[[Exchange], Awaitable[None]]
_NOT_FOUND: Final = {"x-error-code": "RepoNotFound", "x-error-message": "Repository not found"}
_KINDS: Final = {"datasets": "dataset", "spaces": "space"}
_VARIABLES: Final = ("HF_ENDPOINT", "HF_HUB_OFFLINE")


class _Space(msgspec.Struct, kw_only=True):
    """What the Hub knows of a Space; each question takes the next stage, the last one stays."""

    id: str
    host: str
    stages: list[str]
    told: Mapping[str, Any]
    owner: str

    @property
    def private(self) -> bool:
        return bool(self.told["private"])

    def describe(self) -> dict[str, Any]:
        stage = self.stages.pop(0) if len(self.stages) > 1 else self.stages[0]
        hardware = self.told["hardware"]
        runtime: dict[str, Any] = {
            "stage": stage,
            "hardware": {"current": hardware, "requested": hardware},
            "gcTimeout": 172800,
            "replicas": {"current": 1, "requested": 1},
        }
        if "ERROR" in stage:
            runtime["errorMessage"] = "Exit code: 1. Reason: it fell over"
        return {
            "_id": "6532f0ee0e64d5f1c2a6f0e1",
            "id": self.id,
            "author": self.id.partition("/")[0],
            "cardData": {"title": self.told["title"], "sdk": self.told["sdk"]},
            "likes": self.told["likes"],
            "private": self.private,
            "sdk": self.told["sdk"],
            "tags": [self.told["sdk"], "region:us"],
            "runtime": runtime,
            "subdomain": self.subdomain,
            "host": self.host,
        }

    @property
    def subdomain(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.id.lower())


class _File(msgspec.Struct, kw_only=True):
    """A file in a repository, and who may have it."""

    content: bytes
    elsewhere: str
    gated: bool
    private: bool
    readers: Collection[str]


class FakeHub(LocalServer):
    """A Hub on a free port of 127.0.0.1, with the Spaces that a test gives it.

    While its block runs it stands in the Hub's place for this process and those that it
    starts (``HF_ENDPOINT``), so that huggingface_hub and everything that uses it ask it.
    It answers what anyspace asks of the Hub, in the real Hub's shapes: Spaces by id and by
    subdomain, semantic search, duplicating, ``whoami``, the quota of shared GPUs, and files
    in repositories, gated and private ones too.

    Args:
        users: Whose token is whose: by token the name.
        tls: A certificate for ``localhost``, to be a Hub over https: only there do tokens go
            for files.

    Attributes:
        requests: What it was asked, in order.
        quotas: By user name, what the quota's route answers.
        duplicated: What was asked to be copied, in order.

    Example:
        >>> with FakeSpace({"/hello": lambda name: f"Hello {name}"}) as app, FakeHub() as hub:
        ...     hub.add("ada/greeter", app.url)
        ...     anyspace.Client("ada/greeter").predict("Bob")
        'Hello Bob'
    """

    def __init__(
        self, users: Mapping[str, str] | None = None, *, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(tls)
        self._users = dict(users or {})
        self._spaces: dict[str, _Space] = {}
        self._files: dict[tuple[str, str], _File] = {}
        self._answers: dict[str, Handler] = {}
        self._before: dict[str, str | None] = {}
        self._library: tuple[str, bool] | None = None
        self.requests: list[Received] = []
        self.quotas: dict[str, dict[str, Any]] = {}
        self.duplicated: list[dict[str, Any]] = []

    # --- for tests --------------------------------------------------------------

    def add(
        self,
        space_id: str,
        host: str = "",
        *,
        stages: Sequence[str] = ("RUNNING",),
        sdk: str = "gradio",
        private: bool = False,
        hardware: str = "cpu-basic",
        title: str = "",
        description: str = "",
        category: str = "",
        likes: int = 0,
    ) -> None:
        """Put a Space on the Hub, or change it.

        Args:
            space_id: ``owner/name``. A private one is shown to its owner's token only.
            host: Where its app answers; by default at its subdomain of ``hf.space``.
            stages: The Hub's word for how it is; of several each question takes the next,
                and the last one stays.
            sdk: What it is made with.
            private: Only its owner sees it.
            hardware: What it runs on.
            title: What its page is called.
            description: What it does, in the Hub's words.
            category: What the Hub takes it for (``"Image Generation"``).
            likes: How many like it.
        """
        told = {
            "sdk": sdk,
            "private": private,
            "hardware": hardware,
            "title": title or space_id.partition("/")[2],
            "description": description,
            "category": category,
            "likes": likes,
        }
        space = _Space(
            id=space_id,
            host=host,
            stages=list(stages),
            told=told,
            owner=space_id.partition("/")[0],
        )
        space.host = host or f"https://{space.subdomain}.hf.space"
        self._spaces[space_id.lower()] = space

    def add_file(
        self,
        repository: str,
        name: str,
        content: bytes = b"",
        *,
        elsewhere: str = "",
        gated: bool = False,
        private: bool = False,
        readers: Collection[str] = (),
    ) -> str:
        """Put a file into a repository, or change it.

        Args:
            repository: ``owner/name`` of a model, ``datasets/owner/name`` or
                ``spaces/owner/name``.
            name: The file's path in it.
            content: What is in it.
            elsewhere: The address that the Hub redirects to in place of giving the content,
                as it does for large files.
            gated: Whoever is neither its owner nor among its readers is told to ask for it.
            private: Whoever is neither is told that there is no such repository.
            readers: Those users who may have it besides its owner.

        Returns:
            The file's address.
        """
        self._files[repository, name] = _File(
            content=content, elsewhere=elsewhere, gated=gated, private=private, readers=readers
        )
        return f"{self.url}/{repository}/resolve/main/{quote(name)}"

    def answer(
        self, path: str, status: int = 200, body: Any = b"", headers: Headers | None = None
    ) -> None:
        """Give the same answer to every request for a path, instead of the usual one."""

        async def handler(exchange: Exchange) -> None:
            await exchange.respond(status, body, headers)

        self.on(path, handler)

    def on(self, path: str, handler: Handler) -> None:
        """Let a coroutine function answer every request for a path, instead of the usual one."""
        self._answers[path] = handler

    @property
    def environment(self) -> dict[str, str]:
        """What points another process here, by variable."""
        return {"HF_ENDPOINT": self.url, "HF_HUB_OFFLINE": "0"}

    async def start(self) -> None:
        """Begin to serve, and take the Hub's place."""
        await super().start()
        from huggingface_hub import constants

        self._before = {name: os.environ.get(name) for name in _VARIABLES}
        os.environ.update(self.environment)
        self._library = (constants.ENDPOINT, constants.HF_HUB_OFFLINE)
        constants.ENDPOINT, constants.HF_HUB_OFFLINE = self.url, False

    async def stop(self) -> None:
        """Give the place back, and stop."""
        import huggingface_hub
        from huggingface_hub import constants

        if self._library is not None:
            constants.ENDPOINT, constants.HF_HUB_OFFLINE = self._library
            self._library = None
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        # Its connections lead here; before 1.0 they need no closing.
        getattr(huggingface_hub, "close_session", lambda: None)()
        await super().stop()

    # --- routes -----------------------------------------------------------------

    async def _handle(self, exchange: Exchange) -> None:
        request = exchange.request
        self.requests.append(request)
        handler = self._answers.get(request.path)
        if handler is not None:
            await handler(exchange)
            return
        status, body, headers = self._route(request)
        await exchange.respond(status, body, headers)

    def _route(self, request: Received) -> tuple[int, Any, Headers | None]:
        user = self._users.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if request.headers.get("authorization") and user is None:
            return _refused()
        if request.path == "/api/spaces/semantic-search":
            return 200, self._search(request, user), None
        if request.path == "/api/spaces/zero-gpu/quota":
            return self._quota(user)
        if request.path == "/api/whoami-v2":
            return (200, {"type": "user", "name": user}, None) if user else _refused()
        if match := _SUBDOMAIN.fullmatch(request.path):
            return self._answer_for(self._at(match[1]), user, "")
        if match := _FILE.fullmatch(request.path):
            return self._give_file(match[1], match[2], user)
        if match := _SPACE.fullmatch(request.path):
            if match[2] == "/duplicate":
                return self._duplicate(request, match[1], user)
            return self._answer_for(self._spaces.get(match[1].lower()), user, match[2] or "")
        return 404, {"error": "Not found"}, None

    def _at(self, subdomain: str) -> _Space | None:
        return next((s for s in self._spaces.values() if s.subdomain == subdomain), None)

    def _answer_for(
        self, space: _Space | None, user: str | None, part: str
    ) -> tuple[int, Any, Headers | None]:
        if space is None or (space.private and user != space.owner):
            # Without a token the Hub says 401 of what it does not show, or does not have.
            return (404 if user else 401), {"error": "Repository not found"}, _NOT_FOUND
        told = space.describe()
        if part == "/host":
            return 200, {"subdomain": told["subdomain"], "host": told["host"]}, None
        return 200, told["runtime"] if part == "/runtime" else told, None

    def _give_file(
        self, repository: str, name: str, user: str | None
    ) -> tuple[int, Any, Headers | None]:
        """In the real Hub's words, which it says in headers, too."""
        file = self._files.get((repository, name))
        owner, repo_id = repository.split("/")[-2], "/".join(repository.split("/")[-2:])
        allowed = file is not None and user is not None and user in (owner, *file.readers)
        if not any(repository == known for known, _ in self._files) or (
            file is not None and file.private and not allowed
        ):
            return (404 if user else 401), {"error": "Repository not found"}, _NOT_FOUND
        if file is None:
            return _told(404, "EntryNotFound", "Entry not found")
        if file.gated and not allowed:
            kind = _KINDS.get(repository.partition("/")[0], "model")
            start = f"Access to {kind} {repo_id} is restricted"
            if user is None:
                words = "You must have access to it and be authenticated to access it."
                return _told(401, "GatedRepo", f"{start}. {words} Please log in.")
            ask = f"Visit {self.url}/{repository} to ask for access."
            return _told(403, "GatedRepo", f"{start} and you are not in the authorized list. {ask}")
        if file.elsewhere:
            return 302, b"", {"location": file.elsewhere}
        return 200, file.content, {"content-type": "application/octet-stream"}

    def _search(self, request: Received, user: str | None) -> list[dict[str, Any]]:
        """Those with most of the words first."""
        words = set(request.query.get("q", "").lower().split())
        found = []
        for space in self._spaces.values():
            told = space.told
            text = f"{space.id} {told['title']} {told['description']}".lower()
            hits = sum(word in text for word in words)
            hidden = space.private and user != space.owner
            if not hits or hidden or told["sdk"] != request.query.get("sdk", told["sdk"]):
                continue
            said = space.describe()
            if not said["runtime"]["stage"].startswith("RUNNING") and (
                request.query.get("includeNonRunning") != "true"
            ):
                continue
            found.append(
                {
                    **{key: said[key] for key in ("id", "author", "likes", "sdk", "tags")},
                    "title": told["title"],
                    "private": space.private,
                    "runtime": said["runtime"],
                    "ai_short_description": told["description"],
                    "ai_category": told["category"],
                    "semanticRelevancyScore": hits / len(words),
                    "trendingScore": 0,
                }
            )
        return sorted(found, key=lambda item: -item["semanticRelevancyScore"])

    def _quota(self, user: str | None) -> tuple[int, Any, Headers | None]:
        if user is None:
            return _refused()
        usual = {"base": 300, "current": 300, "resetsAt": None, "overquotaUsed": 0}
        return 200, self.quotas.get(user, usual), None

    def _duplicate(
        self, request: Received, space_id: str, user: str | None
    ) -> tuple[int, Any, Headers | None]:
        source = self._spaces.get(space_id.lower())
        if user is None:
            return _refused()
        if source is None or (source.private and user != source.owner):
            return 404, {"error": "Repository not found"}, _NOT_FOUND
        wanted = request.json()
        if wanted["repository"].lower() in self._spaces:
            return 409, {"error": "You already created this space repo"}, None
        self.duplicated.append({"from": space_id, **wanted})
        self.add(
            wanted["repository"],
            source.host,
            private=wanted.get("visibility", "private") == "private",
        )
        return 200, {"url": f"{self.url}/spaces/{wanted['repository']}"}, None


def _told(status: int, code: str, words: str) -> tuple[int, Any, Headers | None]:
    return status, {"error": words}, {"x-error-code": code, "x-error-message": words}


def _refused() -> tuple[int, Any, Headers | None]:
    message = "Invalid credentials in Authorization header"
    return 401, {"error": message}, {"x-error-message": message}
