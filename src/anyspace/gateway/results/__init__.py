"""Results, kept on disk and given out again: Spaces delete theirs."""

from anyspace.gateway.results._answers import Answer, AnswerCache, request_key
from anyspace.gateway.results._routes import address_of, answer_file, give_file, safe_headers
from anyspace.gateway.results._store import Content, GivenFile, KeptFile, ResultStore
from anyspace.gateway.results._writing import Kept

__all__ = [
    "Answer",
    "AnswerCache",
    "Content",
    "GivenFile",
    "Kept",
    "KeptFile",
    "ResultStore",
    "address_of",
    "answer_file",
    "give_file",
    "request_key",
    "safe_headers",
]
