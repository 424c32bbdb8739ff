"""Where gradio_client's names meet our client; loaded when a client connects.

`Bridge` owns one `AsyncClient` with a shared session, as gradio_client has one for all
calls of a client. `Drive` carries one call out on the portal's loop and fills its record.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from anyspace._blocking import Client, blocking_over, run_blocking, run_in_background
from anyspace._errors import AnyspaceError, FileError, JobCancelled
from anyspace.client import (
    AsyncClient,
    AsyncJob,
    Decoder,
    Log,
    Output,
    Progress,
    Queued,
    Result,
    Started,
    StoredFile,
    Timeouts,
    Update,
    in_thread,
    safe_name,
    save_file,
)
from anyspace.compat.gradio_client._arguments import lay_out
from anyspace.compat.gradio_client._failures import AppError, translated
from anyspace.compat.gradio_client._job import Job
from anyspace.compat.gradio_client._options import Options
from anyspace.compat.gradio_client._status import (
    LogNote,
    OutputUpdate,
    ProgressUnit,
    Status,
    StatusUpdate,
)
from anyspace.schema import Endpoint

__all__ = ["Bridge"]

logger = logging.getLogger("anyspace.compat")


class _AsItCame(Decoder):
    """Leaves a ``gr.update`` the mapping it is, as gradio_client does."""

    def decode(self, value: Any, *, declared: bool) -> Any:
        if isinstance(value, dict) and value.get("__type__") == "update":
            return {key: self.decode(item, declared=declared) for key, item in value.items()}
        return super().decode(value, declared=declared)


class Bridge:
    """A connected client.

    Args:
        source: As for `anyspace.Client`.
        token: As for `anyspace.Client`; the app's own code does not get it.
        oauth_token: What that gets where it asks for the caller's token.
        auth: The app's own user name and password.
        options: What else was given.
        max_workers: Calls that run at once; later ones wait here.
        folder: Where files of results go; None leaves them on the app.

    Raises:
        AnyspaceError: It could not connect.
    """

    def __init__(
        self,
        source: str,
        *,
        token: str | bool | None,
        oauth_token: str | None,
        auth: tuple[str, str] | None,
        options: Options,
        max_workers: int,
        folder: Path | None,
    ) -> None:
        self.runner = AsyncClient(
            source,
            token=token,
            oauth_token=oauth_token or "",
            auth=auth,
            headers=options.headers,
            session=True,
            timeouts=Timeouts(**options.timeouts),
            check=False,
            verify=options.verify,
            lock=False,  # values are laid out here, in the order that the app has now
            make_decoder=_AsItCame,
        )
        self.folder = folder
        self.places = asyncio.Semaphore(max_workers)
        self.drives: set[Drive] = set()
        self.closing = False
        try:
            self.client: Client = blocking_over(self.runner)
        except AnyspaceError as exc:
            raise translated(exc) from exc.__cause__

    def submit(
        self,
        job: Job,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        *,
        api_name: str | None,
        fn_index: int | None,
        headers: Mapping[str, str],
    ) -> None:
        """Find the endpoint, lay out its arguments, and let the job run from now on.

        Raises:
            AnyspaceError: There is no such endpoint, or the arguments do not fit.
        """
        app = self.client.connect()
        try:
            endpoint = app.endpoint(api_name, fn_index=fn_index)
            values = lay_out(endpoint, args, kwargs, app.max_file_size)
        except AnyspaceError as exc:
            exc.space = self.client.space
            raise translated(exc) from exc.__cause__
        drive = Drive(self, job, endpoint, values, headers)
        job.start(drive)
        run_in_background(drive.run())

    def close(self) -> None:
        """Let the jobs that run end, then close every connection."""
        run_blocking(self._close())

    async def _close(self) -> None:
        self.closing = True
        if not self.drives:
            await self.runner.aclose()

    async def left(self, drive: Drive) -> None:
        """Note that a job has ended."""
        self.drives.discard(drive)
        if self.closing:
            await self._close()


class Drive:
    """Carries one job out.

    It holds the bridge, so that a client nobody holds any more stays open for its jobs.
    """

    def __init__(
        self,
        bridge: Bridge,
        job: Job,
        endpoint: Endpoint,
        values: list[Any],
        headers: Mapping[str, str],
    ) -> None:
        self._bridge = bridge
        self._job = job
        self._record = job.record
        self._endpoint = endpoint
        self._values = values
        self._headers = dict(headers)
        self._inner: AsyncJob | None = None
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False
        self._shown: tuple[Any] | None = None  # the last output, before its files were fetched

    def cancel(self) -> bool:
        """Stop the job, on the app too; False when it had ended before."""
        return run_blocking(self._cancel())

    async def _cancel(self) -> bool:
        self._cancelled = True
        if self._job.done():
            return False
        if self._inner is not None and not self._inner.done():
            return await self._inner.cancel()
        if self._task is not None:  # it waits for its place, or fetches files
            self._task.cancel()
        return True

    async def run(self) -> None:
        """Run the call from its place in the line to its files."""
        bridge, job = self._bridge, self._job
        self._task = asyncio.current_task()
        bridge.drives.add(self)
        try:
            async with bridge.places:
                job.set_running_or_notify_cancel()
                value = await self._steps()
        except asyncio.CancelledError:
            job.finish(problem=translated(JobCancelled("the job was cancelled")))
        except AnyspaceError as exc:
            problem = translated(exc)
            self._tell_end(problem if isinstance(problem, AppError) else None)
            job.finish(problem=problem)
        except Exception as exc:
            job.finish(problem=exc)
        else:
            job.finish(value)
        await bridge.left(self)

    async def _steps(self) -> Any:
        if self._cancelled:
            raise asyncio.CancelledError
        headers: dict[str, Any] = {"headers": self._headers} if self._headers else {}
        self._inner = await self._bridge.runner.submit(
            *self._values, fn_index=self._endpoint.fn_index, **headers
        )
        self._values = []
        async for update in self._inner.updates():
            await self._tell(update)
        value = await self._inner.result()
        result = await self._show(value, final=True)
        self._record.tell(StatusUpdate.now(Status.FINISHED, success=True))
        self._record.last = OutputUpdate({"data": _listed(value)}, success=True, final=True)
        return result

    async def _tell(self, update: Update) -> None:
        if isinstance(update, Output):
            if self._endpoint.generator:  # else it is the end, told as such
                await self._show(update.value)
        elif (told := _status_of(update)) is not None:
            self._record.tell(told)

    async def _show(self, value: Any, *, final: bool = False) -> Any:
        """Fetch the files of an output and note it, unless it is the last one once more."""
        plain = _plain(value)
        if self._shown == (plain,):
            return self._record.outputs[-1]
        try:
            # Another copy than the one that is kept to compare with: the program may change it.
            shown = _plain(value) if self._bridge.folder is None else await self._with_files(value)
        except FileError as exc:
            if final:
                raise
            logger.warning("an output so far of %s has no files: %s", self._endpoint.name, exc)
            return None
        self._shown = (plain,)
        self._record.add_output(shown, final=final)
        if not final:
            self._record.tell(StatusUpdate.now(Status.ITERATING, success=True))
        return shown

    async def _with_files(self, value: Any) -> Any:
        files = list(_files_in(value))
        folder = self._bridge.folder or Path()
        paths = await asyncio.gather(*(_keep(file, folder) for file in files))
        return _replaced(value, dict(zip(map(id, files), paths, strict=True)))

    def _tell_end(self, problem: AppError | None) -> None:
        """A failed job's last words, where the app said any."""
        if problem is not None:
            self._record.tell(StatusUpdate.now(Status.FINISHED, success=False))
            told = {"error": problem.message, "title": problem.title}
            self._record.last = OutputUpdate(told, success=False, final=True)


def _status_of(update: Update) -> StatusUpdate | None:
    if isinstance(update, Queued):
        return StatusUpdate.now(
            Status.IN_QUEUE, rank=update.rank, queue_size=update.size, eta=update.eta
        )
    if isinstance(update, Started):
        return StatusUpdate.now(Status.PROCESSING)
    if isinstance(update, Progress):
        units = [ProgressUnit(u.index, u.length, u.unit, u.progress, u.desc) for u in update.units]
        return StatusUpdate.now(Status.PROGRESS, progress_data=units)
    if isinstance(update, Log):
        return StatusUpdate.now(
            Status.LOG, log=LogNote((update.message, update.level), update.title)
        )
    return None


# --- files of results ------------------------------------------------------------


def _files_in(value: Any) -> list[StoredFile]:
    if isinstance(value, StoredFile):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [file for item in value for file in _files_in(item)]
    return []


def _replaced(value: Any, paths: Mapping[int, Any]) -> Any:
    """The value with each file as what it became (by its identity), else as the app said it."""
    if isinstance(value, StoredFile):
        return paths.get(id(value), dict(value.data))
    if isinstance(value, dict):
        return {key: _replaced(item, paths) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, paths) for item in value]
    if isinstance(value, Result):
        return tuple(_replaced(item, paths) for item in value)
    return value


def _plain(value: Any) -> Any:
    return _replaced(value, {})


def _listed(value: Any) -> list[Any]:
    return list(_plain(value)) if isinstance(value, Result) else [_plain(value)]


async def _keep(file: StoredFile, folder: Path) -> str:
    """Fetch a file to ``folder/its hash/its name``, where gradio_client has it too."""
    await in_thread(folder.mkdir, parents=True, exist_ok=True)
    staging = Path(await in_thread(tempfile.mkdtemp, prefix=_STAGING, dir=folder))
    try:
        if file.data.get("is_stream") and isinstance(file.data.get("url"), str):
            file.url = file.data["url"]  # a stream lies elsewhere than its path says
        saved = await save_file(file, staging / _name_of(file))
        return await in_thread(_file_away, saved, folder)
    finally:
        await in_thread(_remove, staging)


_STAGING: Final = ".anyspace-"


def _name_of(file: StoredFile) -> str:
    """The name on the app's disk, as gradio_client takes it, cut down to a name."""
    where = file.url if file.data.get("is_stream") else file.data.get("path")
    return safe_name(where, file.name)


def _file_away(saved: Path, folder: Path) -> str:
    with open(saved, "rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    target = folder / digest / saved.name
    target.parent.mkdir(exist_ok=True)
    os.replace(saved, target)
    return str(target.resolve())


def _remove(staging: Path) -> None:
    for left in staging.iterdir():
        left.unlink()
    staging.rmdir()
