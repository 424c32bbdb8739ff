"""``anyspace.toml``: what a project settles once, in one file.

`find_settings` finds the file and `load_settings` reads it; `Settings.settled` says what is
settled for a task on a Space, and `save_recipe` writes that down. Tables that other rooms
read are handed on as they are, with the lines they stand in.
"""

from anyspace.settings._document import Document, Problem, read_document
from anyspace.settings._find import FILE_NAME, find_settings
from anyspace.settings._keys import NewKey, hash_key, key_table, new_key, save_key
from anyspace.settings._recipes import NOTHING_SETTLED, Settled, nearest
from anyspace.settings._save import save_recipe
from anyspace.settings._settings import Settings, load_settings

__all__ = [
    "FILE_NAME",
    "NOTHING_SETTLED",
    "Document",
    "NewKey",
    "Problem",
    "Settings",
    "Settled",
    "find_settings",
    "hash_key",
    "key_table",
    "load_settings",
    "nearest",
    "new_key",
    "read_document",
    "save_key",
    "save_recipe",
]
