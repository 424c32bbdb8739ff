"""Text to image: a prompt goes in, pictures come out."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["TEXT_TO_IMAGE"]

TEXT_TO_IMAGE: Final = Task(
    name="text-to-image",
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
        diffusion.GUIDANCE_SCALE,
        diffusion.NUM_INFERENCE_STEPS,
        diffusion.NUM_IMAGES,
        diffusion.SCHEDULER,
        diffusion.REFERENCE_IMAGE,
    ),
    needs=("prompt",),
    outcome=Outcome(
        media=Media.IMAGE,
        components=diffusion.PICTURES,
        foreign=frozenset(("video", "playablevideo", "audio", "model3d")),
        good="""
            result | output | generated | generated image | image | picture | final | gallery |
            creation | artwork | refined | render | high res | stylized | итог | готовое | 最终 |
            最終 | 変換後 | 변환 | 최종 | finale | inpainted | 结果 | 输出 | 生成 | 图片 | 图像 |
            出力 | 結果 | 画像 | 결과 | 출력 | 이미지 | resultado | imagen | resultat | ergebnis |
            bild | результат | изображение | imagem | saida | salida | sortie | ausgabe
            """,
        bad=f"""{visual.ON_THE_WAY.rstrip()} |
            mask | preview | input | history | intermediate | before | original | source |
            reference | baseline | plain | segmentation | depth | map | attention | control |
            layout | sketch | canvas | example | step | metadata | log | qr | canny | pose | edge |
            upscaled | zip | download | plot | chart | graph | diagram | spectrogram | waveform |
            heatmap | inspiration | previous | 历史 | 预览 | 输入 | 蒙版 | 遮罩 | 履歴 | 入力 |
            マスク | 기록 | 입력 | historial | entrada | historique | entree | verlauf | eingabe |
            история | ввод
            """,
    ),
    calls={
        1.0: """
            text to image | text2image | txt2img | txt to img | t2i | text2img | generate image |
            create image | image generation | generate img | generate picture | make image |
            gen image | t2i generation
            """,
        0.9: "draw | imagine | paint | dream | sample | image gen | diffusion | diffuse",
    },
    modes="text to image | txt2img | text2img | t2i | 文生图",
    others="""
        edit | editing | image to image | img2img | image2image | i2i | inpaint | inpainting |
        outpaint | outpainting | upscale | restore | restoration | remove background | transfer |
        try on | colorize | segment | interrogate | stylize | apply style | swap face | face swap |
        video | animate | 3d | audio | speech | music | controlnet | sketch | scribble |
        image2video | video generation | plot | chart | graph | diagram | word cloud | wordcloud |
        chat | chatbot | conversation | question | answer | qr code | qrcode | barcode | latex |
        编辑 | 修复 | 放大 | 编辑图片 | 图生图 | 视频 | 編集 | 動画 | 편집
        """,
    sizes=diffusion.SIZES,
)
