"""What the two demonstration Spaces are, for anyone who asks without running them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["DEMOS", "NOTICE", "Demo"]

# Written on every picture and every page: nobody shall mistake these for a model's work.
NOTICE: Final = "painted by procedure, no model"


@dataclass(frozen=True)
class Demo:
    """Short facts about one demonstration Space.

    Attributes:
        name: What `launch` and the command line call it.
        title: The heading of its page.
        shaped_like: The Space whose endpoints, parameters and outputs it has.
        endpoint: The endpoint that paints.
        fn_index: That endpoint's number on the wire.
        picture: Where the picture's address is in the answer, as JavaScript would say it.
    """

    name: str
    title: str
    shaped_like: str
    endpoint: str
    fn_index: int
    picture: str

    @property
    def describes(self) -> str:
        """One sentence for people."""
        return f"shaped like {self.shaped_like}: {self.endpoint} ({NOTICE})"


DEMOS: Final[Mapping[str, Demo]] = MappingProxyType(
    {
        "flux": Demo(
            name="flux",
            title="FLUX-shaped landscapes",
            shaped_like="black-forest-labs/FLUX.1-schnell",
            endpoint="/infer",
            fn_index=2,
            picture="data[0].url",
        ),
        "midjourney": Demo(
            name="midjourney",
            title="Midjourney-shaped brushwork",
            shaped_like="mukaist/Midjourney",
            endpoint="/run",
            fn_index=3,
            picture="data[0][0].image.url",
        ),
    }
)
