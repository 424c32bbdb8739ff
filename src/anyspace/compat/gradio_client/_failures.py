"""Errors that are gradio_client's and ours at once.

A ported program's ``except`` clauses go on working, and so does ``except
anyspace.AnyspaceError``::

    anyspace error            here                      which is a
    AppError                  AppError                  ValueError, with the app's own words
    QuotaExceeded             QuotaExceeded             AppError
    ArgumentError, unsent     WrongArguments            TypeError
    ArgumentError, answered   ValidationError           ValueError
    UnknownEndpoint           UnknownEndpoint           ValueError
    AuthenticationError       AuthenticationError       ValueError
    other SpaceErrors         the same name             ValueError
    QueueFull                 QueueError
    RateLimited               TooManyRequestsError
    JobCancelled              JobCancelled              concurrent.futures.CancelledError
    FileError                 FileError                 ValueError

Errors of the network stay ours: gradio_client lets its HTTP library's through.
"""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import Any, Final

from anyspace import _errors
from anyspace._errors import AnyspaceError

__all__ = [
    "AppError",
    "AuthenticationError",
    "FileError",
    "InvalidAPIEndpointError",
    "JobCancelled",
    "NotGradio",
    "QueueError",
    "QuotaExceeded",
    "SerializationSetupError",
    "SpaceDuplicationError",
    "SpaceNotFound",
    "SpaceUnavailable",
    "TooManyRequestsError",
    "UnknownEndpoint",
    "Unsupported",
    "UnsupportedGeneration",
    "ValidationError",
    "WrongArguments",
    "translated",
]

_HIDDEN: Final = (
    "The upstream Gradio app has raised an exception but has not enabled verbose error "
    "reporting. To enable, set show_error=True in launch()."
)


class AppError(_errors.AppError, ValueError):
    """The app's own code failed.

    Attributes:
        message: The app's words.
        duration: Seconds that the app's page shows them; not known here, so the usual ones.
        visible: The app's page shows them; the same.
        title: The heading the app gave them.
        print_exception: As given.
    """

    def __init__(
        self,
        message: str = "Error raised.",
        duration: float | None = 10,
        visible: bool = True,
        title: str = "Error",
        print_exception: bool = True,
    ) -> None:
        super().__init__(message, title=title)
        self.args = (message,)  # gradio_client shows the app's words alone
        self.duration = duration
        self.visible = visible
        self.print_exception = print_exception


class QuotaExceeded(AppError, _errors.QuotaExceeded):
    """The caller's GPU quota on the Hub is used up; gradio_client calls it an app's error."""


class WrongArguments(_errors.ArgumentError, TypeError):
    """Arguments do not fit the endpoint; nothing was sent."""


class ValidationError(_errors.ArgumentError, ValueError):
    """The app refused the arguments."""


class UnknownEndpoint(_errors.UnknownEndpoint, ValueError):
    """The app has no such endpoint, or keeps it private."""


class InvalidAPIEndpointError(UnknownEndpoint):
    """The app has no such endpoint, by gradio_client's name for it."""


class AuthenticationError(_errors.AuthenticationError, ValueError):
    """The app or the Hub wants a login, or refused the one it was given."""


class SpaceNotFound(_errors.SpaceNotFound, ValueError):
    """Nothing answers there, or it is private and no token was given."""


class SpaceUnavailable(_errors.SpaceUnavailable, ValueError):
    """The Space exists but its app does not run."""


class NotGradio(_errors.NotGradio, ValueError):
    """Something answers there, but no Gradio app."""


class UnsupportedGeneration(_errors.UnsupportedGeneration, ValueError):
    """The app is older than Gradio 3."""


class FileError(_errors.FileError, ValueError):
    """A file could not be read, sent, fetched or kept."""


class QueueError(_errors.QueueFull):
    """The app's queue takes no more jobs now."""


class TooManyRequestsError(_errors.RateLimited):
    """Too many requests (HTTP 429)."""


class JobCancelled(_errors.JobCancelled, CancelledError):
    """The job was cancelled before it was done."""


class SpaceDuplicationError(_errors.SpaceError):
    """A Space could not be duplicated."""


class Unsupported(_errors.UsageError, NotImplementedError):
    """gradio_client can do this, and this module cannot; the message says what to do."""


class SerializationSetupError(ValueError):
    """Never raised; older programs name it."""


_KEPT: Final = {"endpoint", "problems", "retry_after", "space", "stage"}
_HERE: Final[dict[type[AnyspaceError], type[AnyspaceError]]] = {
    _errors.AppError: AppError,
    _errors.ArgumentError: ValidationError,
    _errors.AuthenticationError: AuthenticationError,
    _errors.FileError: FileError,
    _errors.JobCancelled: JobCancelled,
    _errors.NotGradio: NotGradio,
    _errors.QueueFull: QueueError,
    _errors.QuotaExceeded: QuotaExceeded,
    _errors.RateLimited: TooManyRequestsError,
    _errors.SpaceNotFound: SpaceNotFound,
    _errors.SpaceUnavailable: SpaceUnavailable,
    _errors.UnknownEndpoint: UnknownEndpoint,
    _errors.UnsupportedGeneration: UnsupportedGeneration,
}


def translated(exc: AnyspaceError) -> AnyspaceError:
    """Say an error of ours so that gradio_client's ``except`` clauses catch it too.

    An error without a twin here is returned as it is.
    """
    kind = _HERE.get(type(exc))
    if kind is None:
        return exc
    twin = kind(*_words(exc))
    twin.__dict__.update({name: vars(exc)[name] for name in _KEPT & vars(exc).keys()})
    twin.__cause__ = exc.__cause__
    twin.__suppress_context__ = True
    return twin.with_traceback(exc.__traceback__)


def _words(exc: AnyspaceError) -> tuple[Any, ...]:
    """What gradio_client says, as the arguments of its error."""
    if isinstance(exc, _errors.AppError):
        return exc.message or _HIDDEN, 10, True, exc.title or "Error"
    if isinstance(exc, _errors.ArgumentError) and exc.problems:
        lines = "".join(f"\n- {problem}" for problem in exc.problems)
        return (f"{len(exc.problems)} parameter(s) failed validation:{lines}",)
    return (str(exc),)
