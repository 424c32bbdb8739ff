"""Spaces as they are: what they take, and a way to call any endpoint of theirs."""

from anyspace.gateway.spaces._call import call_below, call_endpoint
from anyspace.gateway.spaces._describe import describe_below, describe_space

__all__ = ["ROUTES"]

ROUTES = (call_below, call_endpoint, describe_below, describe_space)
