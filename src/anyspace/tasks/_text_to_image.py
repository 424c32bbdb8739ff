"""Text to image, in one call."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anyspace._blocking import run_blocking
from anyspace._errors import BindingWarning
from anyspace.client import AsyncClient, Timeouts
from anyspace.tasks._run import run_task

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["async_text_to_image", "text_to_image"]


async def async_text_to_image(
    prompt: str,
    *,
    model: str,
    negative_prompt: str | None = None,
    height: int | None = None,
    width: int | None = None,
    num_inference_steps: int | None = None,
    guidance_scale: float | None = None,
    seed: int | None = None,
    token: str | bool | None = None,
    timeout: float | None = None,
    endpoint: str | None = None,
    parameters: Mapping[str, str] | None = None,
    **extra: Any,
) -> Image.Image:
    """Let a Space make a picture of a text; see `text_to_image`."""
    image, notes = await _picture(
        prompt,
        model=model,
        token=token,
        timeout=timeout,
        endpoint=endpoint,
        parameters=parameters,
        negative_prompt=negative_prompt,
        height=height,
        width=width,
        num_inference_steps=num_inference_steps,
        guidance_scale=guidance_scale,
        seed=seed,
        **extra,
    )
    for note in notes:
        warnings.warn(note, BindingWarning, stacklevel=2)
    return image


def text_to_image(
    prompt: str,
    *,
    model: str,
    negative_prompt: str | None = None,
    height: int | None = None,
    width: int | None = None,
    num_inference_steps: int | None = None,
    guidance_scale: float | None = None,
    seed: int | None = None,
    token: str | bool | None = None,
    timeout: float | None = None,
    endpoint: str | None = None,
    parameters: Mapping[str, str] | None = None,
    **extra: Any,
) -> Image.Image:
    """Let a Space make a picture of a text.

    Which endpoint of the Space does it, what its parameters are called and where the
    picture is in the answer is found out from what the Space says about itself. The
    fields are named as in ``huggingface_hub.InferenceClient.text_to_image``.

    Args:
        prompt: What to show.
        model: The Space (``owner/name`` or its page), or the address of any Gradio app.
        negative_prompt: What not to show.
        height: Pixels; brought to the nearest the Space takes.
        width: Likewise.
        num_inference_steps: More take longer and show more.
        guidance_scale: How closely to follow the prompt.
        seed: The same seed makes the same picture; without one it is drawn by lot.
        token: A Hugging Face token; None for the saved one, False for none.
        timeout: Seconds for the whole call.
        endpoint: The Space's endpoint, when the right one is not found by itself.
        parameters: Which of its parameters takes a field, likewise.
        extra: Other fields (``style``, ``aspect_ratio``, ``num_images``…) and the
            endpoint's own parameters by name.

    Warns:
        BindingWarning: A value was changed to fit, or the Space does not offer it.

    Raises:
        BindingError: No endpoint of the Space makes pictures of text.
        ArgumentError: A value does not fit.
        SpaceError: The Space cannot be used as it is.
        AppError: The Space's own code raised.
        AnyspaceError: Anything else of the tree in `anyspace`.

    Example:
        >>> text_to_image("a red fox in snow", model="mukaist/Midjourney", width=512)
        <PIL.Image.Image …>
    """
    image, notes = run_blocking(
        _picture(
            prompt,
            model=model,
            token=token,
            timeout=timeout,
            endpoint=endpoint,
            parameters=parameters,
            negative_prompt=negative_prompt,
            height=height,
            width=width,
            num_inference_steps=num_inference_steps,
            guidance_scale=guidance_scale,
            seed=seed,
            **extra,
        )
    )
    for note in notes:
        warnings.warn(note, BindingWarning, stacklevel=2)
    return image


async def _picture(
    prompt: str,
    *,
    model: str,
    token: str | bool | None,
    timeout: float | None,
    endpoint: str | None,
    parameters: Mapping[str, str] | None,
    **fields: Any,
) -> tuple[Image.Image, list[str]]:
    """Connect, make pictures, fetch the first; return it with what was noted."""
    async with AsyncClient(model, token=token, timeouts=Timeouts(total=timeout)) as client:
        values = {"prompt": prompt, **fields}
        made = await run_task(
            client, "text-to-image", values, endpoint=endpoint, parameters=parameters
        )
        return await made.files[0].image(), [f"{client.space}: {note}" for note in made.notes]
