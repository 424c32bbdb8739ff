"""Several returned values, by position and by label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, SupportsIndex

__all__ = ["Result"]


class Result(tuple[Any, ...]):
    """What an endpoint returned when it is not one value: a tuple that knows its labels.

    Attributes:
        labels: What the app's page shows above each value.

    >>> result = Result(["fox.png", 42], ["Result", "Seed"])
    >>> result["Seed"], result[0]
    (42, 'fox.png')
    """

    labels: tuple[str, ...]

    def __new__(cls, values: Iterable[Any] = (), labels: Sequence[str] = ()) -> Result:
        """Make a result of values and as many labels."""
        result = super().__new__(cls, values)
        result.labels = tuple(labels)
        return result

    def __getitem__(self, key: SupportsIndex | slice | str) -> Any:
        """Return a value by position or label.

        Raises:
            KeyError: No value has that label, or several have.
        """
        if not isinstance(key, str):
            return super().__getitem__(key)
        found = [i for i, label in enumerate(self.labels) if label == key]
        if len(found) == 1:
            return super().__getitem__(found[0])
        if found:
            places = ", ".join(str(i) for i in found)
            raise KeyError(f"{len(found)} outputs are called {key!r}, at positions {places}")
        raise KeyError(
            f"no output is called {key!r}; there are {', '.join(map(repr, self.labels))}"
        )

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Let results be copied and pickled with their labels."""
        return tuple(self), self.labels
