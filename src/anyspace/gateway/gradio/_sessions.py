"""`Session`: what is kept of one ``session_hash``; `Sessions`: all of them.

Each has a session of its own at the Space, so that ``gr.State`` lives as long as it does
here. A session that nobody has used for a while ends, there too.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from anyspace.client import AsyncClient, lend_session
from anyspace.gateway.gradio._mailbox import Mailbox
from anyspace.protocol import MessageWriter

__all__ = ["Patience", "Session", "Sessions"]

logger = logging.getLogger("anyspace.gateway")


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long clients are waited for, and how many.

    Attributes:
        grace: Seconds that a client may be away in the middle of a job.
        idle: Seconds after which a session that nobody uses is forgotten.
        sessions: How many are kept; those used longest ago go first.
    """

    grace: float = 30.0
    idle: float = 1800.0
    sessions: int = 2000


class Session:
    """One client's session with one model.

    Args:
        patience: How long to wait for it.
        forget: Called once it has been idle for too long.

    Attributes:
        mailbox: Its jobs.
        writer: Writes what is told of them.
    """

    def __init__(self, patience: Patience, forget: Callable[[Session], None]) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self.mailbox = Mailbox(patience.grace, self._touch)
        self.writer = MessageWriter()
        self._idle = patience.idle
        self._forget = forget
        self._client: AsyncClient | None = None
        self._lent: AsyncClient | None = None
        self._lending = contextlib.AsyncExitStack()
        self._lock = asyncio.Lock()
        self._touch()

    async def borrow(self, client: AsyncClient) -> AsyncClient:
        """The same client, with the state of this session.

        Raises:
            AnyspaceError: It could not connect.
        """
        async with self._lock:
            if self._client is not client or self._lent is None:
                await self._lending.aclose()
                self._client, self._lending = client, contextlib.AsyncExitStack()
                self._lent = await self._lending.enter_async_context(lend_session(client))
        return self._lent

    async def aclose(self) -> None:
        """Cancel its jobs, and end the session at the Space."""
        if self._timer is not None:
            self._timer.cancel()
        await self.mailbox.aclose()
        await self._lending.aclose()

    def _touch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self.mailbox.busy:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._idle, self._forget, self)


_Key = tuple[str, str]


class Sessions:
    """Every session, by model and ``session_hash``.

    Args:
        patience: How long to wait for clients.
    """

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self._sessions: OrderedDict[_Key, Session] = OrderedDict()
        self._leaving: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._sessions)

    def find(self, model: str, session_hash: str) -> Session | None:
        """A session that is known, None for none."""
        session = self._sessions.get((model, session_hash))
        if session is not None:
            self._sessions.move_to_end((model, session_hash))
        return session

    def get(self, model: str, session_hash: str) -> Session:
        """A session, a new one if it is not known."""
        session = self.find(model, session_hash)
        if session is None:
            session = self._sessions[model, session_hash] = Session(self.patience, self._forget)
            self._let_go()
        return session

    async def cancel(self, event_id: str) -> None:
        """Stop a job, whosever it is; its name cannot be guessed."""
        for session in tuple(self._sessions.values()):
            if event_id in session.mailbox.jobs:
                await session.mailbox.cancel(event_id)

    async def aclose(self) -> None:
        """End all of them."""
        for session in self._sessions.values():
            self._end(session)
        self._sessions.clear()
        while self._leaving:
            await asyncio.wait(tuple(self._leaving))

    def _let_go(self) -> None:
        """Forget those used longest ago, when there are too many."""
        over = len(self._sessions) - self.patience.sessions
        *others, _ = self._sessions.values()
        idle = [each for each in others if not each.mailbox.busy]
        for session in idle[: max(over, 0)]:
            self._forget(session)

    def _forget(self, session: Session) -> None:
        keys = [key for key, each in self._sessions.items() if each is session]
        for key in keys:
            del self._sessions[key]
        self._end(session)

    def _end(self, session: Session) -> None:
        task = asyncio.get_running_loop().create_task(session.aclose())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
