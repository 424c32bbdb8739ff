"""The Hugging Face Hub: from a name to an address, and where a token may go.

Everything that is asked goes through `ask_hub`, and that through huggingface_hub, which is
loaded on first use.
"""

from anyspace.hub._duplicate import duplicate_space
from anyspace.hub._facts import SpaceFacts, fetch_space, find_space_at, forget_spaces
from anyspace.hub._locate import Location, is_hub_host, locate
from anyspace.hub._quota import Quota, fetch_quota
from anyspace.hub._repo_files import is_closed_file, is_on_hub, is_repo_file
from anyspace.hub._search import FoundSpace, search_spaces
from anyspace.hub._source import Source, parse_source
from anyspace.hub._tokens import find_token, may_send_token
from anyspace.hub._waking import OnStage, wait_until_running

__all__ = [
    "FoundSpace",
    "Location",
    "OnStage",
    "Quota",
    "Source",
    "SpaceFacts",
    "duplicate_space",
    "fetch_quota",
    "fetch_space",
    "find_space_at",
    "find_token",
    "forget_spaces",
    "is_closed_file",
    "is_hub_host",
    "is_on_hub",
    "is_repo_file",
    "locate",
    "may_send_token",
    "parse_source",
    "search_spaces",
    "wait_until_running",
]
