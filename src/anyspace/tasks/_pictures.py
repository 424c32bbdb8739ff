"""Tasks that give pictures, and the one that gives solids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from anyspace.tasks._client import TaskBase
from anyspace.tasks._options import (
    Content,
    DrawOptions,
    EditOptions,
    SolidOptions,
    TaskOptions,
    to_content,
)
from anyspace.tasks._outputs import read_segments, size_of

if TYPE_CHECKING:
    from huggingface_hub import ImageSegmentationOutputElement, ImageToImageTargetSize
    from PIL import Image

__all__ = ["PictureTasks"]


class PictureTasks(TaskBase):
    """Methods that make and change pictures."""

    async def text_to_image(
        self,
        prompt: str,
        *,
        negative_prompt: str | None = None,
        height: int | None = None,
        width: int | None = None,
        num_inference_steps: int | None = None,
        guidance_scale: float | None = None,
        model: str | None = None,
        scheduler: str | None = None,
        seed: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        **options: Unpack[DrawOptions],
    ) -> Image.Image:
        """Let a Space draw a picture of a text.

        Which endpoint of the Space does it, what its parameters are called and where the
        picture is in the answer is found out from what the Space says about itself.

        Args:
            prompt: What to show.
            negative_prompt: What not to show.
            height: Pixels; brought to the nearest the Space takes.
            width: Likewise.
            num_inference_steps: More take longer and show more.
            guidance_scale: How closely to follow the prompt.
            model: The Space (``owner/name`` or its page), or the address of any Gradio app.
            scheduler: The sampler's name; the nearest the Space has.
            seed: The same seed makes the same picture; without one it is drawn by lot.
            extra_body: Other fields, and the endpoint's own parameters by name.
            options: See `DrawOptions` and `CallOptions`.

        Returns:
            The picture; the first, where the Space makes several.

        Warns:
            BindingWarning: A value was changed to fit, or the Space does not offer it.

        Raises:
            BindingError: No endpoint of the Space does this.
            ArgumentError: A value does not fit; nothing was sent.
            SpaceError: The Space cannot be used as it is.
            AppError: The Space's own code raised.
            AnyspaceError: Anything else of the tree in `anyspace`.

        Example:
            >>> text_to_image("a red fox in snow", model="mukaist/Midjourney", width=512)
            <PIL.Image.Image …>
        """
        made = await self._do(
            "text-to-image",
            model,
            {**options, "extra_body": extra_body},
            {
                "prompt": prompt,
                "negative_prompt": negative_prompt,
                "height": height,
                "width": width,
                "num_inference_steps": num_inference_steps,
                "guidance_scale": guidance_scale,
                "scheduler": scheduler,
                "seed": seed,
            },
        )
        return await made.files[0].image()

    async def image_to_image(
        self,
        image: Content,
        prompt: str | None = None,
        *,
        negative_prompt: str | None = None,
        num_inference_steps: int | None = None,
        guidance_scale: float | None = None,
        model: str | None = None,
        target_size: ImageToImageTargetSize | Mapping[str, int] | None = None,
        **options: Unpack[EditOptions],
    ) -> Image.Image:
        """Let a Space change a picture.

        Args:
            image: The picture.
            prompt: What to do with it, or what to show instead.
            negative_prompt: What not to show.
            num_inference_steps: More take longer and show more.
            guidance_scale: How closely to follow the prompt.
            model: The Space, or the address of any Gradio app.
            target_size: The result's ``width`` and ``height`` in pixels.
            options: See `EditOptions` and `TaskOptions`.

        Returns:
            The new picture; the first, where the Space makes several.

        Warns:
            BindingWarning: As for `text_to_image`.

        Raises:
            AnyspaceError: As for `text_to_image`.
        """
        made = await self._do(
            "image-to-image",
            model,
            options,
            {
                "image": to_content(image),
                "prompt": prompt,
                "negative_prompt": negative_prompt,
                "num_inference_steps": num_inference_steps,
                "guidance_scale": guidance_scale,
                **size_of(target_size),
            },
        )
        return await made.files[0].image()

    async def inpainting(
        self,
        image: Content,
        mask: Content,
        prompt: str | None = None,
        *,
        negative_prompt: str | None = None,
        num_inference_steps: int | None = None,
        guidance_scale: float | None = None,
        model: str | None = None,
        **options: Unpack[EditOptions],
    ) -> Image.Image:
        """Let a Space paint over a part of a picture.

        Args:
            image: The picture.
            mask: Another of the same size: white (or not transparent) where to paint.
            prompt: What to show there.
            negative_prompt: What not to show.
            num_inference_steps: More take longer and show more.
            guidance_scale: How closely to follow the prompt.
            model: The Space, or the address of any Gradio app.
            options: See `EditOptions` and `TaskOptions`.

        Returns:
            The new picture; the first, where the Space makes several.

        Warns:
            BindingWarning: As for `text_to_image`.

        Raises:
            AnyspaceError: As for `text_to_image`.
        """
        made = await self._do(
            "inpainting",
            model,
            options,
            {
                "image": to_content(image),
                "mask": to_content(mask),
                "prompt": prompt,
                "negative_prompt": negative_prompt,
                "num_inference_steps": num_inference_steps,
                "guidance_scale": guidance_scale,
            },
        )
        return await made.files[0].image()

    async def image_upscaling(
        self,
        image: Content,
        *,
        upscale: float | None = None,
        prompt: str | None = None,
        model: str | None = None,
        **options: Unpack[EditOptions],
    ) -> Image.Image:
        """Let a Space make a picture larger, or sharper.

        Args:
            image: The picture.
            upscale: How many times as large.
            prompt: What it shows, for Spaces that paint details anew.
            model: The Space, or the address of any Gradio app.
            options: See `EditOptions` and `TaskOptions`.

        Returns:
            The larger picture.

        Warns:
            BindingWarning: As for `text_to_image`.

        Raises:
            AnyspaceError: As for `text_to_image`.
        """
        fields = {"image": to_content(image), "upscale": upscale, "prompt": prompt}
        made = await self._do("image-upscaling", model, options, fields)
        return await made.files[0].image()

    async def image_segmentation(
        self,
        image: Content,
        *,
        model: str | None = None,
        mask_threshold: float | None = None,
        overlap_mask_area_threshold: float | None = None,
        subtask: str | None = None,
        threshold: float | None = None,
        **options: Unpack[TaskOptions],
    ) -> list[ImageSegmentationOutputElement]:
        """Let a Space find what stands in a picture, and where.

        Args:
            image: The picture.
            model: The Space, or the address of any Gradio app.
            mask_threshold: From where on a pixel counts, if the Space lets one choose.
            overlap_mask_area_threshold: Likewise for overlaps.
            subtask: Likewise: ``"instance"``, ``"panoptic"`` or ``"semantic"``.
            threshold: How sure a find has to be.
            options: See `TaskOptions`.

        Returns:
            What was found, each with a mask, white where it is. A cut-out picture has
            its opaque part as the mask. Spaces tell no scores: those are None.

        Warns:
            BindingWarning: As for `text_to_image`.

        Raises:
            AnyspaceError: As for `text_to_image`.
        """
        made = await self._do(
            "image-segmentation",
            model,
            options,
            {"image": to_content(image), "threshold": threshold},
            {
                "mask_threshold": mask_threshold,
                "overlap_mask_area_threshold": overlap_mask_area_threshold,
                "subtask": subtask,
            },
        )
        return await read_segments(made)

    async def remove_background(
        self,
        image: Content,
        *,
        background: str | None = None,
        model: str | None = None,
        **options: Unpack[TaskOptions],
    ) -> Image.Image:
        """Let a Space cut out what a picture is of.

        Args:
            image: The picture.
            background: A colour to put behind it, if the Space lets one choose.
            model: The Space, or the address of any Gradio app.
            options: See `TaskOptions`.

        Returns:
            The picture as the Space gives it back, mostly transparent around the thing.

        Warns:
            BindingWarning: As for `text_to_image`.

        Raises:
            AnyspaceError: As for `text_to_image`.
        """
        fields = {"image": to_content(image), "background": background}
        made = await self._do("image-segmentation", model, options, fields)
        return await made.files[0].image()

    async def image_to_3d(
        self,
        image: Content,
        *,
        model: str | None = None,
        **options: Unpack[SolidOptions],
    ) -> bytes:
        """Let a Space make a solid of a picture.

        Args:
            image: The picture.
            model: The Space, or the address of any Gradio app.
            options: See `SolidOptions` and `TaskOptions`.

        Returns:
            The file as the Space makes it, mostly a ``.glb``.

        Warns:
            BindingWarning: As for `text_to_image`.

        Raises:
            AnyspaceError: As for `text_to_image`.
        """
        made = await self._do("image-to-3d", model, options, {"image": to_content(image)})
        return await made.files[0].read()
