"""Every exception that anyspace raises.

::

    AnyspaceError                      carries .space, .endpoint where known, .retryable
    ├── UsageError                     found before any I/O
    │   ├── UnknownEndpoint            no such endpoint, or one the app keeps private
    │   ├── ArgumentError              .problems, one per argument
    │   └── BindingError               no endpoint fits the task; .candidates and their reasons
    ├── SpaceError
    │   ├── SpaceNotFound              nothing there, or private and no token
    │   ├── SpaceUnavailable           .stage: asleep, building, paused, broken
    │   ├── NotGradio                  something answers, but no Gradio app
    │   ├── ContractError              not what it was when it was locked; .changes
    │   └── AuthenticationError        login needed, or refused
    ├── TransportError
    │   ├── ConnectFailed              no connection: nothing was sent
    │   ├── StreamBroken               the connection ended first; the job may still run
    │   └── TransportTimeout           .limit names the timeout that ran out
    ├── ProtocolError
    │   ├── LocalProtocolError         we broke the rules
    │   ├── RemoteProtocolError        the app did
    │   └── UnsupportedGeneration      the app speaks something we do not
    ├── JobError
    │   ├── QueueFull                  the app takes no more jobs now
    │   ├── RateLimited                .retry_after seconds
    │   ├── QuotaExceeded              .requested, .left, .retry_after seconds
    │   ├── AppError                   the app's own code failed; .message and .title are its words
    │   └── JobCancelled
    ├── FileError                      a file could not be read, sent, fetched or kept
    └── NoProvider                     every provider failed; .failures keeps each cause

    UserWarning
    ├── BindingWarning                 a value was changed to fit a Space, or is not offered
    └── ContractWarning                a Space has changed since it was locked, without harm

An error is `retryable` when the same request may be sent again without doing
anything twice: nothing was submitted, or the app said that it did not run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

__all__ = [
    "AnyspaceError",
    "AppError",
    "ArgumentError",
    "AuthenticationError",
    "BindingError",
    "BindingWarning",
    "ConnectFailed",
    "ContractError",
    "ContractWarning",
    "FileError",
    "JobCancelled",
    "JobError",
    "LocalProtocolError",
    "NoProvider",
    "NotGradio",
    "ProtocolError",
    "QueueFull",
    "QuotaExceeded",
    "RateLimited",
    "RemoteProtocolError",
    "SpaceError",
    "SpaceNotFound",
    "SpaceUnavailable",
    "StreamBroken",
    "TransportError",
    "TransportTimeout",
    "UnknownEndpoint",
    "UnsupportedGeneration",
    "UsageError",
]


class AnyspaceError(Exception):
    """Root of everything that anyspace raises on purpose.

    Attributes:
        space: The Space id or URL it concerns, where known.
        endpoint: The endpoint's name (``"/infer"``), where known.
        retryable: Sending the same request again cannot do anything twice.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, message: str = "", *, space: str = "", endpoint: str = "") -> None:
        super().__init__(message)
        self.space = space
        self.endpoint = endpoint

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle what is there; making the message anew would say things twice."""
        return _copied, (type(self), self.args, self.__dict__)


def _copied(kind: type[AnyspaceError], args: tuple[Any, ...], state: dict[str, Any]) -> Any:
    copy = kind.__new__(kind)
    copy.args = args
    copy.__dict__.update(state)
    return copy


class UsageError(AnyspaceError):
    """The call is wrong, and was found so before anything was sent."""


class UnknownEndpoint(UsageError):
    """The app has no such endpoint, or keeps it private."""


class ArgumentError(UsageError):
    """One or more arguments do not fit the endpoint.

    Attributes:
        problems: One sentence per argument: what is wrong and what would be right.
    """

    def __init__(
        self, message: str, *, problems: Sequence[str] = (), space: str = "", endpoint: str = ""
    ) -> None:
        super().__init__(message, space=space, endpoint=endpoint)
        self.problems = tuple(problems)


class BindingError(UsageError):
    """No endpoint of the app fits the task.

    Attributes:
        candidates: What was considered: (endpoint, why it does not fit).
    """

    def __init__(
        self, message: str, *, candidates: Sequence[tuple[str, str]] = (), space: str = ""
    ) -> None:
        super().__init__(message, space=space)
        self.candidates = tuple(candidates)


class BindingWarning(UserWarning):
    """A value was changed to fit a Space, or the Space does not offer it."""


class ContractWarning(UserWarning):
    """A Space has changed since it was locked, in a way that does no harm to the call."""


class SpaceError(AnyspaceError):
    """The Space or app cannot be used as it is."""


class SpaceNotFound(SpaceError):
    """Nothing answers at that name or address, or it is private and no token was given."""


class SpaceUnavailable(SpaceError):
    """The Space exists but its app does not run.

    Attributes:
        stage: The Hub's word for it (``"PAUSED"``, ``"RUNTIME_ERROR"``…), ``""`` when unknown.
    """

    retryable = True

    def __init__(self, message: str, *, stage: str = "", space: str = "") -> None:
        super().__init__(message, space=space)
        self.stage = stage


class NotGradio(SpaceError):
    """Something answers at that address, but it is not a Gradio app."""


class ContractError(SpaceError):
    """The Space is not any more what it was when it was locked, and the call would notice.

    Attributes:
        changes: One sentence per change that harms the call.
    """

    def __init__(
        self, message: str, *, changes: Sequence[str] = (), space: str = "", endpoint: str = ""
    ) -> None:
        super().__init__(message, space=space, endpoint=endpoint)
        self.changes = tuple(changes)


class AuthenticationError(SpaceError):
    """The app or the Hub wants a login, or refused the one it was given."""


class TransportError(AnyspaceError):
    """The network failed."""


class ConnectFailed(TransportError):
    """No connection could be made, so nothing was sent."""

    retryable = True


class StreamBroken(TransportError):
    """The connection ended before the answer did. A submitted job may still run."""


class TransportTimeout(TransportError):
    """A timeout ran out.

    Attributes:
        limit: Which one: a field name of `Timeouts`.
    """

    def __init__(
        self, message: str, *, limit: str = "", space: str = "", endpoint: str = ""
    ) -> None:
        super().__init__(message, space=space, endpoint=endpoint)
        self.limit = limit


class ProtocolError(AnyspaceError):
    """One side broke the rules of the Gradio wire."""


class LocalProtocolError(ProtocolError):
    """Our side did: a bug in anyspace or in the code that drives `anyspace.protocol`."""


class RemoteProtocolError(ProtocolError):
    """The app sent something that its generation of Gradio does not say.

    Attributes:
        status: The HTTP status it came with, 0 when there was none.
    """

    def __init__(
        self, message: str, *, status: int = 0, space: str = "", endpoint: str = ""
    ) -> None:
        super().__init__(message, space=space, endpoint=endpoint)
        self.status = status


class UnsupportedGeneration(ProtocolError):
    """The app speaks a generation of the Gradio wire that anyspace does not."""


class JobError(AnyspaceError):
    """The job was not done."""


class QueueFull(JobError):
    """The app's queue takes no more jobs now; this one was not accepted."""

    retryable = True


class RateLimited(JobError):
    """Too many requests (HTTP 429); nothing ran.

    Attributes:
        retry_after: Seconds to wait, None when the answer does not say.
    """

    retryable = True

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        space: str = "",
        endpoint: str = "",
    ) -> None:
        super().__init__(message, space=space, endpoint=endpoint)
        self.retry_after = retry_after


class QuotaExceeded(JobError):
    """The caller's GPU quota on the Hub is used up; nothing ran.

    Attributes:
        requested: Seconds of GPU that the job asks for, None when the answer does not say.
        left: Seconds of GPU that are left, likewise.
        retry_after: Seconds to wait, likewise.
    """

    def __init__(
        self,
        message: str,
        *,
        requested: float | None = None,
        left: float | None = None,
        retry_after: float | None = None,
        space: str = "",
        endpoint: str = "",
    ) -> None:
        super().__init__(message, space=space, endpoint=endpoint)
        self.requested = requested
        self.left = left
        self.retry_after = retry_after


class AppError(JobError):
    """The app's own code failed.

    Attributes:
        message: The app's words, ``""`` when it hides them (``show_error=False``).
        title: The heading the app gave it, ``""`` when none.
    """

    def __init__(
        self, message: str, *, title: str = "", space: str = "", endpoint: str = ""
    ) -> None:
        where = f"{endpoint} of {space}" if space and endpoint else endpoint or space or "the app"
        shown = message or "it failed without saying why (the app runs with show_error=False)"
        heading = f"{title}: " if title and title != "Error" else ""
        super().__init__(f"{where}: {heading}{shown}", space=space, endpoint=endpoint)
        self.message = message
        self.title = title


class JobCancelled(JobError):
    """The job was cancelled before it was done."""


class FileError(AnyspaceError):
    """A file could not be read, sent, fetched or kept."""


class NoProvider(AnyspaceError):
    """Every provider of the task failed.

    Attributes:
        failures: Each provider with its error, in the order they were tried.
        retry_after: Seconds until one of them may be asked again, None when nobody knows.
    """

    def __init__(
        self,
        message: str,
        *,
        failures: Sequence[tuple[str, AnyspaceError]] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.failures = tuple(failures)
        self.retry_after = retry_after
