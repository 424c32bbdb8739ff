"""Text to image: a prompt goes in, pictures come out."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _diffusion as common
from anyspace.recipes._task import Outcome, Task

__all__ = ["TEXT_TO_IMAGE"]

TEXT_TO_IMAGE: Final = Task(
    name="text-to-image",
    fields=(
        common.PROMPT,
        common.NEGATIVE_PROMPT,
        common.USE_NEGATIVE_PROMPT,
        common.STYLE,
        common.MODEL,
        common.SEED,
        common.RANDOMIZE_SEED,
        common.FIX_SEED,
        common.WIDTH,
        common.HEIGHT,
        common.ASPECT_RATIO,
        common.RESOLUTION,
        common.GUIDANCE_SCALE,
        common.NUM_INFERENCE_STEPS,
        common.NUM_IMAGES,
        common.SCHEDULER,
        common.REFERENCE_IMAGE,
    ),
    outcome=Outcome(
        components=common.PICTURES,
        foreign=frozenset(("video", "playablevideo", "audio", "model3d")),
        good="""
            result | output | generated | generated image | image | picture | final | gallery |
            creation | artwork | 结果 | 输出 | 生成 | 图片 | 图像 | 出力 | 結果 | 画像 | 결과 |
            출력 | 이미지 | resultado | imagen | resultat | ergebnis | bild | результат |
            изображение | imagem | saida | salida | sortie | ausgabe
            """,
        bad="""
            mask | preview | input | history | intermediate | before | original | source |
            reference | baseline | plain | segmentation | depth | map | attention | control |
            layout | sketch | canvas | example | step | metadata | log | qr | canny | pose |
            edge | upscaled | zip | download | plot | chart | graph | diagram | spectrogram |
            waveform | heatmap | inspiration | previous | 历史 | 预览 | 输入 | 蒙版 | 遮罩 |
            履歴 | 入力 | マスク | 기록 | 입력 | historial | entrada | historique | entree |
            verlauf | eingabe | история | ввод
            """,
    ),
    calls={
        1.0: """
            text to image | text2image | txt2img | txt to img | t2i | text2img | generate image |
            create image | image generation | generate img | generate picture | make image |
            gen image | t2i generation
            """,
        0.9: "draw | imagine | paint | dream | sample | image gen | diffusion | diffuse",
        0.8: """
            generar | gerar | generer | generieren | erzeugen | crear | criar | creer |
            generate | infer | inference | run | predict | create | process | generation |
            submit | main | process image | call | synthesize | produce | render | gen
            """,
        0.6: "api | fn | start | execute | handle | handler | go | do | wrapper | pipeline",
    },
    others="""
        edit | editing | image to image | img2img | image2image | i2i | inpaint | inpainting |
        outpaint | outpainting | upscale | restore | restoration | remove background | transfer |
        try on | colorize | segment | interrogate | stylize | apply style | swap face |
        face swap | video | animate | 3d | audio | speech | music | controlnet | sketch |
        scribble | image2video | video generation | plot | chart | graph | diagram | word cloud |
        wordcloud | chat | chatbot | conversation | question | answer | qr code | qrcode |
        barcode | latex | 编辑 | 修复 | 放大 | 编辑图片 | 图生图 | 视频 | 編集 | 動画 | 편집
        """,
    sizes=common.SIZES,
)
