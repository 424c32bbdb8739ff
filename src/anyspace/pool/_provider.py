"""`Provider`: a Space or an app's address that can do a task."""

from __future__ import annotations

import msgspec

from anyspace._errors import UsageError

__all__ = ["Provider"]


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A Space or an app's address that can do a task.

    Attributes:
        src: ``owner/name`` or an address.
        account: Whose token it is asked with, by a name; never the token. The same Space
            with two accounts is two providers, each with a quota of its own.
        weight: Its share of the jobs relative to the others', when they are shared by weight.
        concurrency: Jobs it is given at once; None for any number.

    Raises:
        UsageError: A number that makes no sense.
    """

    src: str
    account: str = ""
    weight: float = 1.0
    concurrency: int | None = None

    def __post_init__(self) -> None:
        if not self.weight > 0:
            raise UsageError(f"{self}: weight is more than 0, not {self.weight:g}")
        if self.concurrency is not None and self.concurrency < 1:
            raise UsageError(f"{self}: concurrency is at least 1, not {self.concurrency}")

    def __str__(self) -> str:
        return f"{self.src} as {self.account}" if self.account else self.src
