"""Where a Space's app answers, asked from the Hub."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import msgspec

from anyspace._errors import AnyspaceError, NotGradio
from anyspace.hub._facts import SpaceFacts, fetch_space, find_space_at
from anyspace.hub._source import Source
from anyspace.hub._stages import ASLEEP, STARTING, refuse_stopped

__all__ = ["Location", "is_hub_host", "locate"]

_HUB_DOMAIN: Final = ".hf.space"
_KINDS: Final = {"static": "a static", "streamlit": "a Streamlit"}


class Location(msgspec.Struct, frozen=True):
    """Where an app answers.

    Attributes:
        url: The app's root, without a slash at the end.
        space_id: ``owner/name``, ``""`` for an address that is no Space's.
        named_by_hub: The Hub itself gave the host, so a Hub token may go there.
        stage: The Hub's word for how it is, ``""`` for an address that is no Space's.
        sdk: What the Space is made with, likewise.
    """

    url: str
    space_id: str = ""
    named_by_hub: bool = False
    stage: str = ""
    sdk: str = ""

    @property
    def runs(self) -> bool:
        """Something answers there, as far as is known."""
        return self.stage not in ASLEEP and self.stage not in STARTING


def is_hub_host(url: str) -> bool:
    """An address that only a Space of the Hub can have."""
    return (urlsplit(url).hostname or "").endswith(_HUB_DOMAIN)


async def locate(source: Source, token: str | None, *, fresh: bool = False) -> Location:
    """Find the address of a source; only for a Space the Hub is asked.

    An address below ``hf.space`` is asked back to its Space. When the Hub does not say, it
    is an address like any other.

    Args:
        source: What the user named.
        token: Opens private Spaces; goes to the Hub only.
        fresh: Ask the Hub, whatever it said in the last minutes.

    Raises:
        SpaceNotFound: No such Space, or it is private and the token does not open it.
        SpaceUnavailable: The Space is there but cannot be started from here.
        ConnectFailed: The Hub cannot be reached.
        AuthenticationError: The Hub refused the token.
        RateLimited: The Hub takes no more requests now.
        NotGradio: The Space has no server to talk to, or one that is not Gradio's.
    """
    if source.space_id:
        return _place(await fetch_space(source.space_id, token, fresh=fresh))
    if is_hub_host(source.url):
        facts = await _owner_of(source.url, token)
        if facts is not None and urlsplit(facts.host).netloc == urlsplit(source.url).netloc:
            place = _place(facts)
            return msgspec.structs.replace(place, url=source.url)
    return Location(source.url)


async def _owner_of(url: str, token: str | None) -> SpaceFacts | None:
    subdomain = (urlsplit(url).hostname or "").removesuffix(_HUB_DOMAIN)
    try:
        return await find_space_at(subdomain, token)
    except AnyspaceError:
        return None  # the app itself will say what is wrong


def _place(facts: SpaceFacts) -> Location:
    refuse_stopped(facts.id, facts.stage, facts.message)
    if facts.sdk in _KINDS or not facts.host:
        kind = _KINDS.get(facts.sdk, "a Space without an app: a plain")
        raise NotGradio(
            f"{facts.id} is {kind} Space; only Gradio apps can be called", space=facts.id
        )
    return Location(facts.host, facts.id, True, facts.stage, facts.sdk)
