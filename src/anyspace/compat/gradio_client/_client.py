"""`Client`, as gradio_client's programs know it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from anyspace.compat.gradio_client import _duplicate
from anyspace.compat.gradio_client._endpoint import Endpoint
from anyspace.compat.gradio_client._failures import (
    NotGradio,
    SpaceNotFound,
    SpaceUnavailable,
    Unsupported,
)
from anyspace.compat.gradio_client._job import Job
from anyspace.compat.gradio_client._options import Options, read_httpx_options, read_older
from anyspace.compat.gradio_client._view import public_info, render_info

if TYPE_CHECKING:
    import ssl

    from anyspace.compat.gradio_client._bridge import Bridge

__all__ = ["DEFAULT_TEMP_DIR", "Client"]

DEFAULT_TEMP_DIR: Final = os.environ.get("GRADIO_TEMP_DIR") or str(
    Path(tempfile.gettempdir()) / "gradio"
)
_NOT_YET: Final = (NotGradio, SpaceNotFound, SpaceUnavailable)


class Client:
    """A client of one Space or Gradio app. Making one connects.

    All calls share one session, so ``gr.State`` lives from call to call until
    `reset_session`.

    Args:
        src: ``owner/name``, a Space's page, or the address of an app.
        token: A Hugging Face token. Sent to the Hub and the hosts it names for a Space;
            to any other address only when given here.
        max_workers: Calls that run at once; later ones wait for their turn.
        verbose: Print what gradio_client prints.
        auth: The app's own user name and password.
        httpx_kwargs: Timeouts, headers, cookies and the like, as httpx names them.
        headers: Sent with every request to the app.
        download_files: The folder for files of results; False leaves them on the app and
            returns what the app says about them.
        ssl_verify: Check TLS certificates, or an `ssl.SSLContext` to check them with.
        analytics_enabled: Nothing is ever sent, whatever this says.
        oauth_token: A Hugging Face token for the app's own code, sent to the endpoints that
            ask for the caller's.
        older: Keywords of older versions; they warn.

    Raises:
        ValueError: The Space or app cannot be used as it is.
        AuthenticationError: It wants a login, or refused the one it was given.
        AnyspaceError: Anything else of the tree in `anyspace`.

    Example:
        >>> client = Client("black-forest-labs/FLUX.1-schnell")
        Loaded as API: https://black-forest-labs-flux-1-schnell.hf.space
        >>> path, seed = client.predict(prompt="a red fox", api_name="/infer")
    """

    def __init__(
        self,
        src: str,
        token: str | Literal[False] | None = None,
        max_workers: int = 40,
        verbose: bool = True,
        auth: tuple[str, str] | None = None,
        httpx_kwargs: dict[str, Any] | None = None,
        *,
        headers: dict[str, str] | None = None,
        download_files: str | Path | Literal[False] = DEFAULT_TEMP_DIR,
        ssl_verify: bool | ssl.SSLContext = True,
        _skip_components: bool = True,
        analytics_enabled: bool = True,
        oauth_token: str | None = None,
        **older: Any,
    ) -> None:
        token, download_files = read_older(older, token, download_files)
        if not _skip_components:
            raise Unsupported(
                "_skip_components=False is not supported; gradio_client itself can do it"
            )
        options = Options(verify=ssl_verify)
        read_httpx_options(options, httpx_kwargs)
        options.add_headers(headers)
        self.verbose = verbose
        self.token = token
        self.oauth_token = oauth_token
        self.headers = options.headers
        self.ssl_verify = ssl_verify
        self.download_files = download_files
        self.output_dir = _folder_for_files(download_files)
        folder = None if download_files is False else Path(self.output_dir)
        self._bridge = self._connect(
            src,
            token=token,
            oauth_token=oauth_token,
            auth=auth,
            options=options,
            max_workers=max_workers,
            folder=folder,
        )
        if verbose:
            print(f"Loaded as API: {self.src}")

    def _connect(self, src: str, *, token: Any, **options: Any) -> Bridge:
        """Connect, waiting for a Space that is being built."""
        # Loads what speaks HTTP, which whoever only imports this module need not wait for.
        from anyspace.compat.gradio_client._bridge import Bridge

        try:
            return Bridge(src, token=token, **options)
        except _NOT_YET as exc:
            is_space = "://" not in exc.space and "/" in exc.space
            if is_space and _duplicate.wait_until_built(exc.space, token, verbose=self.verbose):
                return Bridge(src, token=token, **options)
            raise

    # --- what it is connected to --------------------------------------------------

    @property
    def src(self) -> str:
        """Where the app answers; with a slash at the end unless it is a Space."""
        url = self._bridge.client.url
        return url if self.space_id else f"{url}/"

    @property
    def space_id(self) -> str | None:
        """``owner/name``, None for an app that was given by its address."""
        space = self._bridge.client.space
        return None if "://" in space else space

    @property
    def session_hash(self) -> str:
        """The session's name on the wire."""
        return self._bridge.client.session_hash

    @property
    def protocol(self) -> str:
        """The generation of the wire, ``"ws"`` to ``"sse_v3"``."""
        return self._bridge.client.wire.generation.name

    @property
    def api_prefix(self) -> str:
        """What stands before the API's paths, with a slash at the end."""
        return self._bridge.client.wire.prefix.strip("/") + "/"

    @property
    def src_prefixed(self) -> str:
        """Where the API's paths begin, with a slash at the end."""
        wire = self._bridge.client.wire
        return f"{self._bridge.client.url}{wire.prefix}/"

    @cached_property
    def config(self) -> dict[str, Any]:
        """The app's configuration as it gives it, asked for when it is first looked at."""
        document: dict[str, Any] = self._bridge.client.fetch_document("/config")
        return document

    @property
    def app_version(self) -> Any:
        """The app's Gradio version, as a ``packaging.version.Version``."""
        from packaging.version import parse  # comes with huggingface_hub

        return parse(self._bridge.client.app.version or "2.0")

    @property
    def username(self) -> str | None:
        """Who is logged in, by the app's word."""
        name: str | None = self.config.get("username")
        return name

    @cached_property
    def endpoints(self) -> dict[int, Endpoint]:
        """The app's functions by number, private ones too."""
        return {
            dependency.get("id", position): Endpoint(
                dependency.get("id", position), dependency, self._info, self.src
            )
            for position, dependency in enumerate(self.config["dependencies"])
        }

    @cached_property
    def _info(self) -> dict[str, Any]:
        # Gradio 3.x describes values as its own client of that time wants them, unless told so.
        path = f"{self._bridge.client.wire.prefix}/info?serialize=False"
        return public_info(self._bridge.client.fetch_document(path))

    def view_api(
        self,
        all_endpoints: bool | None = None,
        print_info: bool = True,
        return_format: Literal["dict", "str"] | None = None,
    ) -> dict[str, Any] | str | None:
        """Print how to call the endpoints.

        Args:
            all_endpoints: Those without a name too; None means only if none has one.
            print_info: Print at all.
            return_format: ``"str"`` returns the text, ``"dict"`` the description it is
                made of.
        """
        text = render_info(self._info, all_endpoints=all_endpoints)
        if print_info:
            print(text)
        return {"str": text, "dict": self._info, None: None}[return_format]

    def __repr__(self) -> str:
        return render_info(self._info)

    # --- calls --------------------------------------------------------------------

    def predict(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        headers: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call an endpoint and wait for its result; arguments and errors as for `submit`.

        Returns:
            One output as itself, several as a tuple. Files are local paths. Of a
            generator the last output.
        """
        job = self.submit(*args, api_name=api_name, fn_index=fn_index, headers=headers, **kwargs)
        try:
            return job.result()
        except KeyboardInterrupt:
            job.cancel()
            raise

    def submit(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        headers: dict[str, str] | None = None,
        result_callbacks: Callable[..., Any] | Sequence[Callable[..., Any]] | None = None,
        **kwargs: Any,
    ) -> Job:
        """Submit a call and return its job, which runs from now on.

        Args:
            args: Values in the endpoint's order.
            api_name: The endpoint's name. Not needed when the app documents only one.
            fn_index: Its number instead, for endpoints without a name.
            headers: Sent with this call; they win over the client's own.
            result_callbacks: Called in order with the outputs when there are any, each in
                its place; not called when the job fails.
            kwargs: Values by parameter name.

        Raises:
            ValueError: There is no such endpoint, or it is private.
            TypeError: Arguments are missing, doubled or unknown.
        """
        job = Job(verbose=self.verbose, space_id=self.space_id)
        for callback in _listed(result_callbacks):
            job.add_done_callback(_calling(callback))
        self._bridge.submit(
            job,
            args,
            kwargs,
            api_name=api_name,
            fn_index=fn_index,
            headers={**self._visitors_headers(), **(headers or {})},
        )
        return job

    def _visitors_headers(self) -> dict[str, str]:
        """Inside another Gradio app: the visitor's ZeroGPU token, for this call alone."""
        context = sys.modules.get("gradio.context")  # not loaded: not inside an app
        if context is None or self.space_id is None:
            return {}
        request = context.LocalContext.request.get(None)
        token = getattr(request, "headers", {}).get("x-ip-token")
        return {"x-ip-token": token} if token else {}

    # --- life ---------------------------------------------------------------------

    def reset_session(self) -> None:
        """Begin a new session: ``gr.State`` starts anew."""
        self._bridge.client.reset_session()

    def close(self) -> None:
        """Let the jobs that run end, and close every connection then."""
        self._bridge.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    # --- Spaces -------------------------------------------------------------------

    @classmethod
    def duplicate(
        cls,
        from_id: str,
        to_id: str | None = None,
        token: str | None = None,
        private: bool = True,
        hardware: str | None = None,
        secrets: Mapping[str, str] | None = None,
        sleep_timeout: int = 5,
        max_workers: int = 40,
        verbose: bool = True,
        **older: Any,
    ) -> Self:
        """Duplicate a Space under the caller's account and return a client of the copy.

        A copy that is there already is used. It runs on the original's hardware, which may
        cost money.

        Args:
            from_id: The Space to duplicate.
            to_id: The copy's name; the original's by default.
            token: A Hugging Face token that may write; by default the saved one.
            private: Nobody else sees the copy.
            hardware: What it runs on instead.
            secrets: Given to a new copy.
            sleep_timeout: Minutes without a request until paid hardware is paused.
            max_workers: As for `Client`.
            verbose: As for `Client`.
            older: Keywords of older versions; they warn.

        Raises:
            ValueError: There is no such Space.
            SpaceDuplicationError: The Hub did not make the copy.
        """
        token, _ = read_older(older, token, None)
        space_id = _duplicate.duplicate(
            from_id,
            to_id,
            token=token,
            private=private,
            hardware=hardware,
            secrets=secrets,
            sleep_minutes=sleep_timeout,
            verbose=verbose,
        )
        return cls(space_id, token=token, max_workers=max_workers, verbose=verbose)

    def deploy_discord(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: gradio_client gave it up in 2.0.

        Raises:
            Unsupported: Always.
        """
        raise Unsupported(
            "deploy_discord() is gone from gradio_client too; see "
            "https://www.gradio.app/guides/creating-a-discord-bot-from-a-gradio-app"
        )


def _folder_for_files(download_files: str | Path | Literal[False]) -> str:
    if not isinstance(download_files, str | Path):
        return DEFAULT_TEMP_DIR
    folder = Path(download_files)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"Path: {download_files} is not a directory.")
    folder.mkdir(parents=True, exist_ok=True)
    return str(download_files)


def _listed(callbacks: Callable[..., Any] | Sequence[Callable[..., Any]] | None) -> list[Any]:
    if callbacks is None:
        return []
    return [callbacks] if callable(callbacks) else list(callbacks)


def _calling(callback: Callable[..., Any]) -> Callable[[Future[Any]], None]:
    def call(job: Future[Any]) -> None:
        if job.exception() is None:
            value = job.result()
            callback(*value) if isinstance(value, tuple) else callback(value)

    return call
