"""Image upscaling: a picture goes in and comes back larger or clearer."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["IMAGE_UPSCALING"]

IMAGE_UPSCALING: Final = Task(
    name="image-upscaling",
    fields=(
        visual.IMAGE,
        visual.INSTRUCTION,
        visual.SCALE,
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
    needs=("image",),
    alone=True,
    proof="upscale",
    outcome=Outcome(
        media=Media.IMAGE,
        components=diffusion.PICTURES,
        foreign=frozenset(("video", "playablevideo", "audio", "model3d", "litmodel3d")),
        good=visual.PICTURE_GOOD,
        bad=visual.PICTURE_BAD,
    ),
    calls={
        1.0: """
            upscale | upscaler | upscaling | super resolution | superres | super res | sr |
            esrgan | enhance | enhancer | restore | restoration | enhance image | upscale image |
            face restoration | deblur | sharpen | denoise | unblur | clarity | hd
            """,
        0.8: "enlarge | improve",
    },
    topic="""
        upscale | upscaler | upscaled | upscaling | super resolution | superresolution | superres |
        esrgan | swinir | enhance | enhancer | enhanced | restore | restored | restoration |
        high resolution | face restoration | deblur | unblur | enlarge | clarity | low quality |
        low resolution | image denoising | denoiser | deblurring | dehazing | deraining |
        rescaling | gfpgan | codeformer | 放大 | 超分 | 超分辨率 | 高清 | 修复 | 画质 | 高画質 |
        高解像度 | 超解像 | アップスケール | 고화질 | 업스케일 | 초해상도 | 화질 | escalar |
        mejorar | ameliorer | agrandir | hochskalieren | verbessern | увеличение | улучшить |
        ampliar
        """,
    silent=0.3,
    modes="""
        upscale | upscaling | super resolution | denoising | deblurring | restoration | 放大 | 超分
        """,
    others="""
        segment | segmentation | remove background | background removal | rembg | matting | mask |
        detect | detection | depth map | interrogate | describe | caption | ocr | video | animate |
        3d | mesh | audio | preprocess | inpaint | inpainting | outpaint | prompt | text to image |
        txt2img | generate prompt | img2img
        """,
    sizes=diffusion.SIZES,
)
