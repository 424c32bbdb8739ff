"""The Hugging Face Hub: from a name to an address, and where a token may go."""

from anyspace.hub._source import Source, parse_source
from anyspace.hub._spaces import Location, find_token, locate, may_send_token

__all__ = ["Location", "Source", "find_token", "locate", "may_send_token", "parse_source"]
