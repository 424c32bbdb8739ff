"""Tasks that give films."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from anyspace.tasks._client import TaskBase
from anyspace.tasks._options import AnimateOptions, Content, FilmOptions, to_content
from anyspace.tasks._outputs import size_of

if TYPE_CHECKING:
    from huggingface_hub import ImageToVideoTargetSize

__all__ = ["FilmTasks"]


class FilmTasks(TaskBase):
    """Methods that make films."""

    async def text_to_video(
        self,
        prompt: str,
        *,
        model: str | None = None,
        guidance_scale: float | None = None,
        negative_prompt: str | list[str] | None = None,
        num_frames: float | None = None,
        num_inference_steps: int | None = None,
        seed: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        **options: Unpack[FilmOptions],
    ) -> bytes:
        """Let a Space make a film of a text.

        Args:
            prompt: What to show.
            model: The Space (``owner/name`` or its page), or the address of any Gradio app.
            guidance_scale: How closely to follow the prompt.
            negative_prompt: What not to show.
            num_frames: How many pictures the film has.
            num_inference_steps: More take longer and show more.
            seed: The same seed makes the same film; without one it is drawn by lot.
            extra_body: Other fields, and the endpoint's own parameters by name.
            options: See `FilmOptions` and `CallOptions`.

        Returns:
            The film's file, as the Space makes it.

        Warns:
            BindingWarning: A value was changed to fit, or the Space does not offer it.

        Raises:
            BindingError: No endpoint of the Space does this.
            ArgumentError: A value does not fit; nothing was sent.
            AppError: The Space's own code raised.
            AnyspaceError: Anything else of the tree in `anyspace`.
        """
        if isinstance(negative_prompt, list):
            negative_prompt = ", ".join(negative_prompt)
        made = await self._do(
            "text-to-video",
            model,
            {**options, "extra_body": extra_body},
            {
                "prompt": prompt,
                "guidance_scale": guidance_scale,
                "negative_prompt": negative_prompt,
                "num_frames": num_frames,
                "num_inference_steps": num_inference_steps,
                "seed": seed,
            },
        )
        return await made.files[0].read()

    async def image_to_video(
        self,
        image: Content,
        *,
        model: str | None = None,
        prompt: str | None = None,
        negative_prompt: str | None = None,
        num_frames: float | None = None,
        num_inference_steps: int | None = None,
        guidance_scale: float | None = None,
        seed: int | None = None,
        target_size: ImageToVideoTargetSize | Mapping[str, int] | None = None,
        **options: Unpack[AnimateOptions],
    ) -> bytes:
        """Let a Space make a picture move.

        Args:
            image: The picture.
            model: The Space, or the address of any Gradio app.
            prompt: What shall happen.
            negative_prompt: What not to show.
            num_frames: How many pictures the film has.
            num_inference_steps: More take longer and show more.
            guidance_scale: How closely to follow the prompt.
            seed: The same seed makes the same film; without one it is drawn by lot.
            target_size: The film's ``width`` and ``height`` in pixels.
            options: See `AnimateOptions` and `TaskOptions`.

        Returns:
            The film's file, as the Space makes it.

        Warns:
            BindingWarning: As for `text_to_video`.

        Raises:
            AnyspaceError: As for `text_to_video`.
        """
        made = await self._do(
            "image-to-video",
            model,
            options,
            {
                "image": to_content(image),
                "prompt": prompt,
                "negative_prompt": negative_prompt,
                "num_frames": num_frames,
                "num_inference_steps": num_inference_steps,
                "guidance_scale": guidance_scale,
                "seed": seed,
                **size_of(target_size),
            },
        )
        return await made.files[0].read()
