"""Image to image: a picture goes in, often with an instruction, and comes back changed."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["IMAGE_TO_IMAGE"]

IMAGE_TO_IMAGE: Final = Task(
    name="image-to-image",
    fields=(
        visual.IMAGE,
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
    needs=("image",),
    expects="prompt",
    proof="strength",
    outcome=Outcome(
        media=Media.IMAGE,
        components=diffusion.PICTURES,
        foreign=frozenset(("video", "playablevideo", "audio", "model3d", "litmodel3d")),
        good=visual.PICTURE_GOOD,
        bad=visual.PICTURE_BAD,
    ),
    calls={
        1.0: """
            image to image | img2img | image2image | i2i | edit image | image edit | edit |
            editing | image editing | stylize | style transfer | transform | colorize |
            cartoonize | restyle | anonymize | relight | try on | tryon | swap face | face swap |
            restore | relighting | harmonize
            """,
        0.8: "paint | draw | convert | apply | enhance | restoration",
    },
    topic="""
        edit | editing | edited | image to image | img2img | image2image | i2i | instruct |
        stylize | style transfer | transform | colorize | cartoon | anime | restyle | relight |
        try on | tryon | restore | restoration | controlnet | control image | reference | adapter |
        kontext | sketch | scribble | identity | instruction | 编辑 | 修图 | 风格迁移 | 图生图 |
        編集 | 변환 | 편집 | editar | bearbeiten | редактировать
        """,
    unlike="iou | nms | box threshold | bbox threshold | score threshold | 检测阈值",
    silent=0.85,
    modes="""
        image to image | img2img | image2image | i2i | edit | editing | image edit | 图生图 |
        编辑 | 編集 | 편집
        """,
    others="""
        segment | segmentation | remove background | background removal | background removed |
        rembg | matting | mask |
        detect | detection | depth estimation | depth map | interrogate | describe | caption |
        ocr | video | animate | 3d | mesh | audio | speech | preprocess | classify |
        classification | inpaint | inpainting | outpaint | outpainting | visualize | plot |
        pose estimation | upscale | upscaler | upscaling | super resolution | superresolution |
        抠图 | 去背景 | 分割 | 超分 | 放大 | 高清 | 视频 | 動画 | 超解像 | 高画質 | 背景除去 |
        배경 제거 | 누끼 | 업스케일 | eliminar fondo | quitar fondo | sin fondo | ampliacion |
        supprimer fond | agrandir | hintergrund entfernen | hintergrund entferner |
        hochskalieren | удалить фон | удаление фона | без фона | увеличение | remover fundo |
        sem fundo
        """,
    sizes=diffusion.SIZES,
)
