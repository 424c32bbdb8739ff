"""The command line: results on stdout, progress on stderr, exit codes for scripts."""

from anyspace.cli._group import main

__all__ = ["main"]
