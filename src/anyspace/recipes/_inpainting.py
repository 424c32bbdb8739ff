"""Inpainting: a picture and a mask go in, and what is masked is painted anew."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["INPAINTING"]

INPAINTING: Final = Task(
    name="inpainting",
    fields=(
        visual.IMAGE,
        visual.MASK,
        visual.INSTRUCTION,
        diffusion.NEGATIVE_PROMPT,
        diffusion.USE_NEGATIVE_PROMPT,
        diffusion.STYLE,
        diffusion.MODEL,
        visual.STRENGTH,
        diffusion.SEED,
        diffusion.RANDOMIZE_SEED,
        diffusion.FIX_SEED,
        diffusion.WIDTH,
        diffusion.HEIGHT,
        diffusion.ASPECT_RATIO,
        diffusion.RESOLUTION,
        diffusion.GUIDANCE_SCALE,
        diffusion.NUM_INFERENCE_STEPS,
        diffusion.NUM_IMAGES,
        diffusion.SCHEDULER,
    ),
    needs=("image", "mask"),
    expects="prompt",
    outcome=Outcome(
        media=Media.IMAGE,
        components=diffusion.PICTURES,
        foreign=frozenset(("video", "playablevideo", "audio", "model3d", "litmodel3d")),
        good=visual.PICTURE_GOOD,
        bad=visual.PICTURE_BAD,
    ),
    calls={
        1.0: """
            inpaint | inpainting | fill | erase | object removal | remove object | clean up |
            cleanup | eraser | replace | infill | fill image | outpaint
            """,
        0.8: "edit | paint | edit image | remove",
    },
    topic="""
        inpaint | inpainting | inpainted | fill | erase | eraser | object removal | remove object |
        mask | masked | brush | 重绘 | 局部重绘 | 擦除 | 涂抹 | 修复 | 消除 | マスク |
        インペイント | 塗りつぶ | 消しゴム | 인페인트 | 마스크 | 지우개 | rellenar | borrador |
        retoque | mascara | retouche | retoucher | remplir | gomme | masque | retusche |
        retuschieren | maske | инпейнт | маска | закрасить | ретушь | стереть | preencher |
        retocar | borracha
        """,
    silent=0.35,
    modes="inpaint | inpainting | 局部重绘",
    others="""
        segment | segmentation | remove background | background removal | rembg | matting |
        detect | detection | depth map | caption | ocr | video | animate | 3d | mesh | audio |
        preprocess | upscale | scribble | try on | tryon | sketch to image
        """,
    sizes=diffusion.SIZES,
)
