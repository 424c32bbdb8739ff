"""``anyspace.lock.toml``: the signatures of Spaces, in a file that goes with the code."""

from anyspace.lock._file import LOCK_NAME, LockFile, find_lock, read_lock, write_lock
from anyspace.lock._find import find_above
from anyspace.lock._write import replace_file

__all__ = [
    "LOCK_NAME",
    "LockFile",
    "find_above",
    "find_lock",
    "read_lock",
    "replace_file",
    "write_lock",
]
