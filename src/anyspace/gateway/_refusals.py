"""What the gateway itself refuses, whatever the Spaces would say."""

from __future__ import annotations

from collections.abc import Mapping

from anyspace._errors import AnyspaceError, UsageError

__all__ = ["Refused", "Stopping", "UnknownModel"]


class UnknownModel(UsageError):
    """The gateway has no model of that name."""


class Refused(AnyspaceError):
    """The gateway itself does not take the request.

    Attributes:
        status: The HTTP status it is answered with.
        code: For programs.
        retry_after: Seconds after which it may be taken, None when time changes nothing.
        headers: Sent with the answer.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        retry_after: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.headers = headers or {}


class Stopping(Refused):
    """The gateway is being stopped."""

    def __init__(self, message: str = "the gateway is being stopped; try again") -> None:
        super().__init__(message, status=503, code="stopping", retry_after=5.0)
