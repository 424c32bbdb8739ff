"""Print every export of a call, each under its name."""

from __future__ import annotations

import click

from anyspace import UsageError
from anyspace.capture import EXPORTS, Call

__all__ = ["tell_exports"]


def tell_exports(call: Call, *, without: tuple[str, ...] = ()) -> None:
    """Print them all; where one has no form for the call, why."""
    for name, export in EXPORTS.items():
        if name in without:
            continue
        click.secho(f"--- {name}: {export.about}", dim=True)
        try:
            click.echo(export.render(call))
        except UsageError as exc:
            click.echo(f"(none: {exc})\n")
