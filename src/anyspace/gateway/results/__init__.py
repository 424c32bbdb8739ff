"""Results, kept on disk and given out again: Spaces delete theirs."""

from anyspace.gateway.results._routes import address_of, give_file
from anyspace.gateway.results._store import Content, Kept, ResultStore, results_folder

__all__ = ["Content", "Kept", "ResultStore", "address_of", "give_file", "results_folder"]
