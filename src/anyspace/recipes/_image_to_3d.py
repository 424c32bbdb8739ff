"""Image to 3D: a picture goes in, a solid body comes out."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["IMAGE_TO_3D"]

IMAGE_TO_3D: Final = Task(
    name="image-to-3d",
    fields=(
        visual.IMAGE,
        visual.REMOVE_BACKGROUND,
        diffusion.SEED,
        diffusion.RANDOMIZE_SEED,
        diffusion.FIX_SEED,
        diffusion.MODEL,
        diffusion.GUIDANCE_SCALE,
        diffusion.NUM_INFERENCE_STEPS,
    ),
    needs=("image",),
    outcome=Outcome(
        media=Media.MODEL,
        components=visual.MODELS_3D,
        foreign=frozenset(),
        good="""
            result | output | mesh | 3d | 3d model | model | glb | generated | textured | final |
            gaussian | 结果 | 输出 | 模型 | 网格 | 出力 | 結果 | 모델 | 결과 | resultado | modele |
            resultat | ergebnis | результат | модель
            """,
        bad="""
            preview | input | example | log | download | obj | stl | ply | white mesh |
            untextured | video | stats | 预览 | 输入 | 白模
            """,
    ),
    calls={
        1.0: """
            image to 3d | image23d | image to mesh | img to 3d | generate 3d | make3d | make 3d |
            generate mesh | shape generation | generation all | reconstruct | reconstruction |
            img2mesh | extract glb | create mesh | generate model | to 3d | image to glb | run 3d
            """,
        0.8: "extract | mesh | export | shape | textured",
    },
    topic="""
        3d | mesh | glb | gaussian | splat | splatting | nerf | triposr | point cloud |
        reconstruction | 三维 | 模型 | 网格 | 3次元 | メッシュ | 메쉬 | 메시 | malla | maillage |
        сетка | полигональная | malha
        """,
    silent=0.8,
    modes="image to 3d | mesh",
    others="""
        text to 3d | text prompt | caption | segment | preprocess | convert format | export mesh |
        retarget | rig
        """,
)
