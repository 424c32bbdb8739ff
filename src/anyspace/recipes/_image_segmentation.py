"""Image segmentation: a picture goes in, and what stands in it comes out, cut out or marked."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Field, Kind, Media, Outcome, Task

__all__ = ["IMAGE_SEGMENTATION"]

THRESHOLD: Final = Field(
    name="threshold",
    kind=Kind.NUMBER,
    words={
        1.0: """
            threshold | mask threshold | confidence threshold | confidence | box threshold |
            score threshold | conf | conf threshold | foreground threshold | 阈值 | 置信度 | 閾値 |
            임계값 | umbral | seuil | schwellenwert | порог
            """,
    },
    never="iou text nms overlap background erode",
)

BACKGROUND: Final = Field(
    name="background",
    kind=Kind.CHOICE,
    words={
        1.0: """
            background color | background | bg | bg color | background colour |
            new background color | 背景颜色 | 背景色 | 배경색 | color fondo | couleur fond |
            hintergrundfarbe | цвет фона
            """,
    },
    never="remove threshold image remover",
)

IMAGE_SEGMENTATION: Final = Task(
    name="image-segmentation",
    fields=(
        visual.IMAGE,
        visual.INSTRUCTION,
        diffusion.MODEL,
        THRESHOLD,
        BACKGROUND,
    ),
    needs=("image",),
    alone=True,
    outcome=Outcome(
        media=Media.IMAGE,
        components={**diffusion.PICTURES, "annotatedimage": 1.0, "imageslider": 1.0},
        foreign=frozenset(("video", "playablevideo", "audio", "model3d", "litmodel3d")),
        good="""
            result | output | segmented | segmentation | foreground | cutout | transparent |
            processed | without background | no background | background removed |
            removed background | bg removed | image | png | final | 结果 | 输出 | 抠图 | 出力 |
            結果 | 결과 | 출력 | resultado | resultat | ergebnis | результат | saida | salida |
            sortie | ausgabe | sin fondo | recorte | sans fond | sans arriere plan | detoure |
            ohne hintergrund | freigestellt | без фона | sem fundo | 无背景 | 去背景 | 透明 |
            背景なし | 切り抜き | 透過 | 배경 제거
            """,
        bad="""
            preview | input | history | before | original | source | reference | example | log |
            download | zip | 预览 | 输入 | 原图 | 入力 | 입력 | entrada | entree | eingabe | ввод
            """,
    ),
    calls={
        1.0: """
            segment | segmentation | remove background | background removal | remove bg | rembg |
            matting | segment everything | segment anything | cutout | cut out |
            extract object | bg remove | background remover | parse | segment image
            """,
        0.8: "remove | mask",  # a mask may be what it is given
    },
    topic="""
        background removed | bg removed | segment | segmentation | segmented | segment anything |
        remove background | background removal | removed background | background remover |
        background remove | remove bg | bg removal | rembg | rmbg | matting | matte | foreground |
        cutout | background eraser | transparent background | dichotomous | dis | isnet | u2net |
        salient | birefnet | semantic | panoptic | 抠图 | 抠像 | 去背景 | 去背 | 背景移除 |
        去除背景 | 移除背景 | 分割 | 背景除去 | 背景削除 | 背景透過 | 透過画像 | 切り抜き |
        セグメンテーション | 배경 제거 | 배경 지우기 | 누끼 | 세그멘테이션 | 분할 | quitar fondo |
        eliminar fondo | sin fondo | segmentacion | supprimer fond | supprimer arriere plan |
        suppression arriere plan | arriere plan | detourage | hintergrund entfernen |
        hintergrund entferner | freistellen | ohne hintergrund | segmentierung | удалить фон |
        удаление фона | убрать фон | без фона | сегментация | remover fundo | remocao fundo |
        sem fundo | segmentacao
        """,
    silent=0.3,
    modes="segment | segmentation | remove background",
    others="""
        video | animate | 3d | mesh | audio | caption | ocr | upscale | super resolution |
        colorize | edit | inpaint | inpainting | text to image | txt2img | generate | depth map |
        preprocess | stylize
        """,
)
