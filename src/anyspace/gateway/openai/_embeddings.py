"""``/v1/embeddings``: texts as vectors."""

from __future__ import annotations

import asyncio
import base64
import math
import struct
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from anyspace._errors import ArgumentError, RemoteProtocolError
from anyspace.gateway._answers import Told, answer, documented, told
from anyspace.gateway._gateway import Asked, Done, Gateway
from anyspace.gateway._handed_on import ask_headers
from anyspace.gateway.openai._extras import extras_of

__all__ = ["EmbeddingRequest", "create_embeddings"]

_MOST: Final = 3.4e38  # what 32 bits hold
_AT_ONCE: Final = 8  # calls for the texts of one request


class EmbeddingRequest(msgspec.Struct, kw_only=True):
    """What to embed. Other keys are the Space's own parameters.

    Attributes:
        input: A text, or several; each takes a call. Tokens are not known here.
        model: A model of this gateway; the first one that embeds when left out.
        encoding_format: Numbers, or their 32-bit floats (little-endian) as base64.
        dimensions: Only so many of the first numbers, brought to length 1 again.
        user: Has no meaning here.
    """

    input: (
        Annotated[str, msgspec.Meta(min_length=1)]
        | Annotated[list[str | int | list[int]], msgspec.Meta(min_length=1, max_length=2048)]
    )
    model: str | None = None
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[int, msgspec.Meta(ge=1)] | None = None
    user: str | None = None


class Embedding(msgspec.Struct, kw_only=True):
    """One text's vector.

    Attributes:
        index: Which text.
        embedding: The numbers, or their bytes as base64.
        object: Always ``"embedding"``.
    """

    index: int
    embedding: list[float] | str
    object: Literal["embedding"] = "embedding"


class EmbeddingUsage(msgspec.Struct):
    """All zeros: a Space counts no tokens.

    Attributes:
        prompt_tokens: 0.
        total_tokens: 0.
    """

    prompt_tokens: int = 0
    total_tokens: int = 0


class Embeddings(msgspec.Struct, kw_only=True):
    """The vectors, in the order of the texts.

    Attributes:
        data: The vectors.
        model: Who made them.
        anyspace: Who made the first one, and how.
        usage: All zeros.
        object: Always ``"list"``.
    """

    data: list[Embedding]
    model: str
    anyspace: Told
    usage: EmbeddingUsage
    object: Literal["list"] = "list"


@post("/v1/embeddings", status_code=200, **documented(Embeddings))
async def create_embeddings(
    data: JSONBody[EmbeddingRequest],
    request: Request[Any, Any, Any],
    gateway: NamedDependency[Gateway],
) -> Response[Any]:
    """Embed texts."""
    texts = _texts(data.input)
    extras = await extras_of(request, data)
    each = [
        Asked(
            model=data.model,
            task="feature-extraction",
            values={"text": text, **extras},
            headers=ask_headers(request),
        )
        for text in texts
    ]
    made = await _run_each(gateway, each)
    vectors = [_shortened(_vector(done), data.dimensions) for done in made]
    encode = _base64 if data.encoding_format == "base64" else list
    body = Embeddings(
        data=[Embedding(index=i, embedding=encode(vector)) for i, vector in enumerate(vectors)],
        model=made[0].model.name,
        anyspace=told(made[0]),
        usage=EmbeddingUsage(),
    )
    return answer(body, made[0])


def _texts(said: str | list[Any]) -> list[str]:
    texts = [said] if isinstance(said, str) else said
    if not all(isinstance(text, str) for text in texts):
        problem = "input: tokens cannot be embedded here, a Space has its own; send the text"
        raise ArgumentError(problem, problems=[problem])
    if not all(texts):
        problem = "input: an empty text has no embedding"
        raise ArgumentError(problem, problems=[problem])
    return texts


async def _run_each(gateway: Gateway, each: list[Asked]) -> list[Done]:
    """Have each done, some at a time; the first failure ends all of them."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def run(asked: Asked) -> Done:
        async with gate:
            return await gateway.run(asked)

    tasks = [asyncio.ensure_future(run(asked)) for asked in each]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _vector(done: Done) -> list[float]:
    """The numbers of one text; some Spaces give them as the only row of a table.

    Raises:
        RemoteProtocolError: It gave something else.
    """
    numbers = done.data
    while isinstance(numbers, list) and len(numbers) == 1 and isinstance(numbers[0], list):
        numbers = numbers[0]
    if not isinstance(numbers, list) or not all(_is_float(number) for number in numbers):
        raise RemoteProtocolError(
            f"{done.endpoint} of {done.space} gives something else than one vector for a text",
            space=done.space,
            endpoint=done.endpoint,
        )
    return [float(number) for number in numbers]


def _is_float(number: Any) -> bool:
    return isinstance(number, int | float) and abs(number) < _MOST


def _shortened(vector: list[float], dimensions: int | None) -> list[float]:
    if dimensions is None or dimensions == len(vector):
        return vector
    if dimensions > len(vector):
        problem = f"dimensions: this Space makes {len(vector)}, not {dimensions}"
        raise ArgumentError(problem, problems=[problem])
    kept = vector[:dimensions]
    length = math.hypot(*kept)
    return [number / length for number in kept] if length else kept


def _base64(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
