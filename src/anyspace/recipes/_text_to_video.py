"""Text to video: a prompt goes in, a film comes out."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["TEXT_TO_VIDEO"]

TEXT_TO_VIDEO: Final = Task(
    name="text-to-video",
    fields=(
        diffusion.PROMPT,
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
        diffusion.REFERENCE_IMAGE,
    ),
    needs=("prompt",),
    outcome=Outcome(
        media=Media.VIDEO,
        components=visual.VIDEOS,
        foreign=visual.VIDEO_FOREIGN,
        good=visual.VIDEO_GOOD,
        bad=visual.VIDEO_BAD,
    ),
    calls={
        1.0: """
            text to video | text2video | txt2vid | t2v | t2v generation | generate video |
            create video | make video | video generation | text to vid | generate t2v |
            animate text
            """,
        0.8: "animate | instant video | film",
    },
    topic="""
        text to video | text2video | txt2vid | t2v | video | animation | film | movie | 视频 |
        動画 | 비디오 | 영상 | видео | clip | animate | gif
        """,
    silent=0.9,
    modes="text to video | text2video | t2v | 文生视频",
    others="""
        image to video | image2video | img2vid | i2v | first frame | edit video | video edit |
        upscale | remove background | transcribe | subtitle | dub | dubbing | translate |
        lip sync | lipsync | talking | speech | music | text to audio | text to music | sound |
        3d | mesh | audio | visualizer | caption | interpolate | depth | segment | waveform |
        图生视频
        """,
    sizes=diffusion.SIZES,
)
