"""`AsyncClient`: one app, its endpoints, its jobs."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import warnings
from collections.abc import Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from anyspace import hub, protocol
from anyspace._errors import (
    AnyspaceError,
    AuthenticationError,
    ContractWarning,
    RemoteProtocolError,
    UsageError,
)
from anyspace.client._files import to_file, to_public_file
from anyspace.client._job import AsyncJob, Decode
from anyspace.client._limits import Limits, Timeouts
from anyspace.client._media import AsyncMediaFile, Decoder, MakeDecoder, MakeFile
from anyspace.client._reach import WAIT_SECONDS, Access, ask_description, reach
from anyspace.client._result import Result
from anyspace.client._run import Connection, Pulse, Run
from anyspace.client._session import Session
from anyspace.client._source import FileSource
from anyspace.client._transport import Transport
from anyspace.client._upload import Uploader
from anyspace.client._watching import Watcher
from anyspace.contract import Contract
from anyspace.lock import LockFile, find_lock, read_lock
from anyspace.schema import App, Endpoint, fit_arguments, parse_app

__all__ = ["AsyncClient"]

logger = logging.getLogger("anyspace.client")

_OPTIONS: Final = frozenset({"check", "timeout", "headers"})
_CLOSE_SECONDS: Final = 6.0


class AsyncClient:
    """A client of one Space or Gradio app.

    Making one stores what it is given; ``async with`` (or `connect`, or the first call)
    connects. Closing it cancels the jobs that still run.

    Args:
        source: ``owner/name``, a Space's page, or the address of an app (see
            `anyspace.hub.parse_source`).
        token: A Hugging Face token; None for the environment's or the saved login's;
            False for none. It is sent to the Hub and to the hosts that the Hub names
            for a Space; to any other address only when it was given here. An endpoint
            that asks for the caller's token (6.21) gets it only when it was given here.
        oauth_token: Given to endpoints that ask for the caller's token in place of
            `token`; ``""`` gives none to them.
        auth: The app's own user name and password.
        headers: Sent with every request to the app, and to nobody else.
        session: Keep gr.State from call to call. Without it every call has a session
            of its own, so that nothing leaks from one to another.
        timeouts: How long to wait.
        limits: How much to take.
        check: Check arguments before anything is sent.
        verify: Check TLS certificates, or an `ssl.SSLContext` to check them with.
        wait: Seconds to wait for a Space that sleeps, builds or starts; 0 for none.
        on_stage: Told meanwhile how the Space is, in the Hub's word, and for how long.
        lock: A lock file that has the Space; None for the ``anyspace.lock.toml`` above the
            working folder (or ``$ANYSPACE_LOCK``), if it has the Space; False for none.
        public_only: Take files among the arguments from public addresses only: for arguments
            that somebody else wrote, who is not to see what this machine's network has.
        trace: Told everything that goes over the wire to the app: an `anyspace.Trace`.

    Example:
        >>> async with AsyncClient("black-forest-labs/FLUX.1-schnell") as space:
        ...     image, seed = await space.predict(prompt="a red fox", api_name="/infer")
        ...     await image.save("fox.webp")
    """

    def __init__(
        self,
        source: str,
        *,
        token: str | bool | None = None,
        oauth_token: str | None = None,
        auth: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        session: bool = False,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
        check: bool = True,
        verify: bool | ssl.SSLContext = True,
        wait: float = WAIT_SECONDS,
        on_stage: hub.OnStage | None = None,
        lock: str | os.PathLike[str] | bool | None = None,
        public_only: bool = False,
        trace: Watcher | None = None,
        transport: Transport | None = None,
        make_file: MakeFile = AsyncMediaFile,
        make_decoder: MakeDecoder = Decoder,
    ) -> None:
        if trace is not None and transport is not None:
            raise UsageError("trace= watches the client's own transport, not one that is given")
        self._source = hub.parse_source(source)
        self._timeouts = timeouts or Timeouts()
        self._limits = limits or Limits()
        self._access = Access(
            source=self._source,
            token=token,
            auth=protocol.Credentials(*auth) if auth else None,
            headers={name.lower(): value for name, value in (headers or {}).items()},
            timeouts=self._timeouts,
            limits=self._limits,
            verify=verify,
            wait=wait,
            on_stage=on_stage,
            transport=transport,
            watcher=trace,
            oauth_token=oauth_token,
        )
        self._lock = lock
        self._locked: LockFile | None = None
        self._shared = session
        self._check = check
        self._public_only = public_only
        self._make_file = make_file
        self._make_decoder = make_decoder
        self._space_id = self._source.space_id
        self._connection: Connection | None = None
        self._connecting: asyncio.Lock | None = None
        self._closed = False
        self._left: list[Session] = []  # shared sessions that were left behind
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()  # endpoints whose changes were told

    def __repr__(self) -> str:
        state = "closed" if self._closed else "connected" if self._connection else "not connected"
        return f"<{type(self).__name__} {self.space} ({state})>"

    # --- the app ----------------------------------------------------------------

    @property
    def space(self) -> str:
        """The Space's id, or the app's address."""
        return self._space_id or self._source.url

    @property
    def url(self) -> str:
        """Where the app answers.

        Raises:
            UsageError: The client is not connected yet.
        """
        return self._connected.transport.root

    @property
    def app(self) -> App:
        """The app's description.

        Raises:
            UsageError: The client is not connected yet.
        """
        return self._connected.app

    @property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """What can be called, by name.

        Raises:
            UsageError: The client is not connected yet.
        """
        return self._connected.app.endpoints

    @property
    def contract(self) -> Contract | None:
        """What the Space was when it was locked, held against what it is; None without a lock.

        Raises:
            UsageError: The client is not connected yet.
        """
        return self._connected.contract

    def endpoint(self, api_name: str | None = None, *, fn_index: int | None = None) -> Endpoint:
        """Find an endpoint, by the name that it has, or had when the Space was locked.

        Args:
            api_name: The name, with or without its slash. Not needed when the app documents
                only one.
            fn_index: Its number instead.

        Raises:
            UnknownEndpoint: There is no such endpoint, or it is private.
            ContractError: It is gone, and nothing took its place for certain.
            UsageError: The client is not connected yet.
        """
        return _find_endpoint(self._connected, api_name, fn_index)

    @property
    def wire(self) -> protocol.Wire:
        """How the app speaks.

        Raises:
            UsageError: The client is not connected yet.
        """
        return self._connected.requests.wire

    @property
    def session_hash(self) -> str:
        """The name of the shared session on the wire, ``""`` when every call has its own.

        Raises:
            UsageError: The client is not connected yet.
        """
        session = self._connected.session
        return session.session_hash if session else ""

    @property
    def _connected(self) -> Connection:
        if self._connection is None:
            raise UsageError(f"the client of {self.space} is not connected; use `async with`")
        return self._connection

    # --- life -------------------------------------------------------------------

    async def connect(self) -> App:
        """Find the app and read what it says about itself; once connected, a no-op.

        Raises:
            SpaceError: The Space or app cannot be used as it is.
            TransportError: It cannot be reached.
            ProtocolError: It speaks no Gradio that this version knows.
        """
        if self._connection is None:
            self._refuse_if_closed()
            if self._connecting is None:
                self._connecting = asyncio.Lock()
            async with self._connecting:
                if self._connection is None:
                    connection = await self._connect()
                    try:
                        self._refuse_if_closed()  # meanwhile
                    except UsageError:
                        await connection.transport.aclose()
                        raise
                    self._connection = connection
        return self._connected.app

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise UsageError(f"the client of {self.space} is closed")

    async def aclose(self) -> None:
        """Cancel the jobs that still run and close every connection."""
        self._closed = True
        connection, self._connection = self._connection, None
        if connection is None:
            return
        for job in tuple(connection.jobs):
            self._spawn(_cancel(job))
        while self._tasks:
            _, late = await asyncio.wait(tuple(self._tasks), timeout=_CLOSE_SECONDS)
            for task in late:
                task.cancel()
        for session in (connection.session, *self._left):
            if session is not None:
                await session.aclose()
        await connection.transport.aclose()

    async def _wind_down(self) -> None:
        """Let the jobs end that still run, then close: nobody holds the client any more."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))
        await self.aclose()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    # --- calls ------------------------------------------------------------------

    async def predict(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call an endpoint and wait for its result.

        Args:
            args: Values in the endpoint's order.
            api_name: The endpoint's name, with or without its slash. Not needed when
                the app documents only one.
            fn_index: Its number instead, for endpoints without a name.
            kwargs: Values by parameter name; besides ``check=False`` (send whatever the
                values are), ``timeout=`` (seconds for the whole call) and ``headers=``
                (sent with the call), unless the endpoint has parameters of these names.

        Returns:
            One output as itself, several as a `Result`. Files are media files.

        Raises:
            UnknownEndpoint: There is no such endpoint, or it is private.
            ArgumentError: Arguments do not fit; nothing was sent.
            ContractError: The Space was locked, and has changed since in what this call
                uses; nothing was sent.
            AppError: The app's own code raised.
            AnyspaceError: Anything else of the tree in `anyspace`.
        """
        job = await self.submit(*args, api_name=api_name, fn_index=fn_index, **kwargs)
        try:
            return await job.result()
        except asyncio.CancelledError:
            self._spawn(_cancel(job))
            raise

    async def submit(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        **kwargs: Any,
    ) -> AsyncJob:
        """Submit a call and return its job, which runs from now on; arguments as for `predict`.

        Raises:
            UnknownEndpoint: There is no such endpoint, or it is private.
            ArgumentError: Arguments do not fit; nothing was sent.
            ContractError: The Space was locked, and has changed since in what this call
                uses; nothing was sent.
            AuthenticationError: The endpoint wants the caller's token, and none was given.
            AnyspaceError: The client could not connect.
        """
        if self._connection is None:
            await self.connect()
        connection = self._connected
        if connection.pulse.doubtful:
            connection = await self._renew(connection) or connection
        endpoint = _find_endpoint(connection, api_name, fn_index)
        options = _take_options(endpoint, kwargs)
        given, named = self._carried(connection, endpoint, args, kwargs)
        values = fit_arguments(
            endpoint,
            given,
            named,
            to_file=to_public_file if self._public_only else to_file,
            max_file_size=connection.app.max_file_size,
            check=options.get("check", self._check),
        )
        timeouts = self._timeouts
        if options.get("timeout") is not None:
            # Made anew and not replaced, which before msgspec 0.20 checks nothing.
            timeouts = Timeouts(**{**msgspec.structs.asdict(timeouts), "total": options["timeout"]})
        if endpoint.oauth_token == "required" and not connection.token:
            raise AuthenticationError(
                f"{endpoint.name} wants to act with your Hugging Face token; if you trust the "
                "app with it, pass token= or oauth_token= (a saved one is not handed to apps)",
                space=self.space,
                endpoint=endpoint.name,
            )
        decode = connection.decoders.get(endpoint.fn_index)
        if decode is None:
            decode = connection.decoders[endpoint.fn_index] = self._decoder(endpoint, connection)
        job = AsyncJob(endpoint, self.space, decode)
        Run(job, connection, values, timeouts, options.get("headers"))
        return job

    async def reset_session(self) -> None:
        """Leave the gr.State kept so far behind: later calls share a new session.

        Jobs that run end in the session they began in. Without a shared session a no-op.
        """
        connection = self._connected
        if connection.session is not None:
            self._left.append(connection.session)
            session = Session(connection.transport, connection.requests, self._limits)
            self._connection = msgspec.structs.replace(connection, session=session)

    async def fetch_document(self, path: str) -> Any:
        """Ask the app for a JSON document of its own, such as ``/config``.

        Args:
            path: Below the app's root; the API's documents lie below `wire.prefix`.

        Raises:
            AnyspaceError: The app did not give it, or it is no JSON.
        """
        response = await self._connected.transport.request(protocol.Request("GET", path))
        if response.status != 200:
            raise protocol.error_for(response)
        try:
            return msgspec.json.decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            raise RemoteProtocolError(f"{path} is no JSON", space=self.space) from exc

    # --- inside -----------------------------------------------------------------

    def _carried(
        self,
        connection: Connection,
        endpoint: Endpoint,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> tuple[Sequence[Any], Mapping[str, Any]]:
        """The arguments as the endpoint takes them now, if the Space was locked."""
        contract = connection.contract
        if contract is None:
            return args, kwargs
        carried = contract.carry(endpoint, args, kwargs)
        changes = [change for change in contract.changes_of(endpoint.name) if change.safe]
        if changes and endpoint.name not in self._told:
            self._told.add(endpoint.name)
            told = "; ".join(str(change) for change in changes)
            words = f"{self.space} has changed since it was locked, without harm: {told}"
            warnings.warn(words, ContractWarning, stacklevel=3)
        return carried

    def _read_lock(self) -> LockFile | None:
        """Read the lock file that was named, or the one that holds here.

        Raises:
            UsageError: The one that was named is not there, or it is none.
        """
        named = None if isinstance(self._lock, bool) else self._lock
        path = None if self._lock is False else find_lock(named)
        return None if path is None else read_lock(path)

    def _contract(self, app: App, url: str) -> Contract | None:
        """Hold the app against what is locked of it.

        Raises:
            UsageError: The lock file was named for this client, and does not have the Space.
        """
        if self._locked is None:
            return None
        found = self._locked.find(self._space_id, self._source.url, url, app.space_id)
        if found is not None:
            return Contract(found[1], app, found[0])
        if self._lock is None:
            return None
        raise UsageError(
            f"{self._locked.path} has no {self.space}; `anyspace lock {self.space}` adds it"
        )

    async def _connect(self) -> Connection:
        self._locked = self._read_lock()  # before anything is asked
        reached = await reach(self._access)
        self._space_id = reached.location.space_id
        self._settle_at(reached.found.root, reached.transport)
        wire = reached.found.wire
        if not wire.known:
            warnings.warn(
                f"{self.space} speaks a newer Gradio than this version of anyspace knows "
                f"({wire.version}); it is treated like the newest known one",
                stacklevel=4,
            )
        try:
            return self._make_connection(reached.found, reached.transport, reached.token)
        except BaseException as exc:
            if isinstance(exc, AnyspaceError):
                exc.space = self.space
            await reached.transport.aclose()
            raise

    async def _renew(self, old: Connection) -> Connection | None:
        """Look again what answers; connect anew when that is not the same app any more.

        A restarted app may have other endpoints under the old numbers, and knows neither
        the sessions nor the logins of before. `App.app_id` tells restarts apart.

        Returns:
            The new connection, None when the old one is still right.

        Raises:
            AnyspaceError: The app cannot be asked, as for `connect`.
        """
        assert self._connecting is not None  # it has connected before
        async with self._connecting:
            self._refuse_if_closed()
            current = self._connected
            if current.app is not old.app:  # another call was faster
                return current
            transport = old.transport
            transport.unpin()
            found = await ask_description(self._access.auth, transport)
            self._settle_at(found.root, transport)
            current.pulse.beat()
            new = self._make_connection(found, transport, old.token)
            if new.app == old.app:
                return None
            logger.info("%s is another app by now; connected anew", self.space)
            if current.session is not None:
                self._spawn(current.session.aclose())
            self._connection = new
            return new

    def _settle_at(self, root: str, transport: Transport) -> None:
        """Stay where a redirect of the description led."""
        if root:
            logger.info("%s redirects to %s", transport.root, root)
            transport.root = root

    def _make_connection(
        self, found: protocol.Connected, transport: Transport, token: str
    ) -> Connection:
        requests = protocol.Requests(found.wire)
        source = FileSource(transport, requests, self._limits, self._timeouts)
        app = parse_app(found.config, found.info)
        return Connection(
            app=app,
            contract=self._contract(app, transport.root),
            transport=transport,
            requests=requests,
            source=source,
            uploader=Uploader(source, requests, public_only=self._public_only),
            limits=self._limits,
            token=token,
            session=Session(transport, requests, self._limits) if self._shared else None,
            jobs=set() if self._connection is None else self._connection.jobs,
            calls=set() if self._connection is None else self._connection.calls,
            spawn=self._spawn,
            renew=self._renew,
            pulse=Pulse(),
            decoders={},
        )

    def _decoder(self, endpoint: Endpoint, connection: Connection) -> Decode:
        files = connection.requests.wire.files
        decoder = self._make_decoder(connection.source, files, self._make_file)
        labels = tuple(output.label for output in endpoint.outputs)

        def decode(data: list[Any]) -> Any:
            try:
                return decode_all(data)
            except RecursionError as exc:
                raise RemoteProtocolError("the app's answer is nested too deep") from exc

        def decode_all(data: list[Any]) -> Any:
            if len(data) == len(endpoint.outputs):
                pairs = zip(data, endpoint.outputs, strict=True)
                values = [decoder.output(value, field) for value, field in pairs]
            else:  # an app that was reloaded meanwhile
                values = [decoder.decode(value, declared=True) for value in data]
            return values[0] if len(values) == 1 else Result(values, labels)

        return decode

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _find_endpoint(connection: Connection, api_name: str | None, fn_index: int | None) -> Endpoint:
    if connection.contract is not None and api_name is not None:
        api_name = connection.contract.current_name(api_name)
    return connection.app.endpoint(api_name, fn_index=fn_index)


async def _cancel(job: AsyncJob) -> None:
    await job.cancel()


def _take_options(endpoint: Endpoint, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Take the options of the call itself out of its keywords."""
    if _OPTIONS.isdisjoint(kwargs):
        return {}
    taken = {parameter.name for parameter in endpoint.parameters}
    return {name: kwargs.pop(name) for name in _OPTIONS if name in kwargs and name not in taken}
