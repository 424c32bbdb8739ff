"""Image to video: a picture goes in, often with a prompt, and comes back moving."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["IMAGE_TO_VIDEO"]

IMAGE_TO_VIDEO: Final = Task(
    name="image-to-video",
    fields=(
        visual.IMAGE,
        visual.INSTRUCTION,
        diffusion.NEGATIVE_PROMPT,
        diffusion.USE_NEGATIVE_PROMPT,
        diffusion.STYLE,
        diffusion.MODEL,
        diffusion.SEED,
        diffusion.RANDOMIZE_SEED,
        diffusion.FIX_SEED,
        diffusion.WIDTH,
        diffusion.HEIGHT,
        diffusion.ASPECT_RATIO,
        diffusion.RESOLUTION,
        visual.DURATION,
        visual.NUM_FRAMES,
        visual.FPS,
        diffusion.GUIDANCE_SCALE,
        diffusion.NUM_INFERENCE_STEPS,
        diffusion.SCHEDULER,
    ),
    needs=("image",),
    expects="prompt",
    outcome=Outcome(
        media=Media.VIDEO,
        components=visual.VIDEOS,
        foreign=visual.VIDEO_FOREIGN,
        good=visual.VIDEO_GOOD,
        bad=visual.VIDEO_BAD,
    ),
    calls={
        1.0: """
            image to video | image2video | img2vid | img2video | i2v | animate | animate image |
            generate video | create video | make video | video generation | i2v generation |
            image to vid
            """,
        0.8: "svd | film",
    },
    topic="""
        image to video | image2video | img2vid | i2v | video | animate | animation | motion |
        movie | first frame | 视频 | 图生视频 | 動画 | 비디오 | 영상 | видео | gif
        """,
    silent=0.9,
    modes="image to video | image2video | i2v | 图生视频",
    others="""
        text to video | text2video | t2v | upscale | remove background | transcribe | subtitle |
        dub | dubbing | edit video | video edit | video to video | 3d | mesh | splat | lip sync |
        lipsync | talking head | audio | caption | interpolate | face swap | 文生视频
        """,
    sizes=diffusion.SIZES,
)
