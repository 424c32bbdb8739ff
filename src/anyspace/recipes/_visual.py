"""Fields of tasks that start from a picture or a film, and the words apps use for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from anyspace.recipes._task import Field, Kind, Shape

__all__ = [
    "DURATION",
    "FPS",
    "IMAGE",
    "INSTRUCTION",
    "MASK",
    "MODELS_3D",
    "NUM_FRAMES",
    "ON_THE_WAY",
    "PICTURE_BAD",
    "PICTURE_GOOD",
    "REMOVE_BACKGROUND",
    "SCALE",
    "STRENGTH",
    "VIDEOS",
    "VIDEO_BAD",
    "VIDEO_FOREIGN",
    "VIDEO_GOOD",
]

IMAGE: Final = Field(
    name="image",
    kind=Kind.IMAGE,
    aliases=("input_image", "inputs"),
    leads=True,
    words={
        1.0: """
            image | input image | source image | init image | initial image | original image |
            upload image | image input | input picture | uploaded image | upload photo | photo |
            picture | img | input img | image path | image file | input photo | source photo |
            main image | base image | original photo | image edit | raw image | image pil | 图片 |
            图像 | 输入图片 | 输入图像 | 上传图片 | 上传图像 | 原图 | 原始图片 | 照片 | 圖片 |
            圖像 | 输入 | 画像 | 入力画像 | 元画像 | 写真 | 画像をアップロード | 이미지 |
            입력 이미지 | 원본 이미지 | 이미지 업로드 | 사진 | imagen | imagen entrada |
            imagen original | subir imagen | foto | image entree | image source | image originale |
            bild | eingabebild | originalbild | bild hochladen | изображение |
            исходное изображение | входное изображение | загрузить изображение | фото | картинка |
            imagem | imagem entrada | imagem original | enviar imagem
            """,
        0.9: """
            input images | upload images | image prompt | start image | first frame | start frame |
            initial frame | low quality image | low resolution image | lq | lr | lr image |
            person image | human | person | human image | character image | identity image |
            face image | selfie | portrait | target image | content image | image 1 | image1 |
            input image 1 | img1 | img 1 | document image | page image | screenshot | image mask |
            image editor | template image | cond image | conditioning image | first frame image |
            front view | 首帧 | 首帧图 | 起始帧 | 人物图片 | 人像
            """,
        0.7: """
            reference image | ref image | style image | control image | upload | file |
            input file | drop | drag | input | canvas | sketch | scribble | drawing | face |
            frame | pic | inp | src | source | original | gallery | 参考图 | 参考图片 | 参考图像 |
            参照画像 | 参照 | 上传 | アップロード | 参照 이미지 | 파일 | entrada | eingabe |
            загрузить
            """,
    },
    never="""mask depth pose normal canny trimap alpha end last tail final output result generated
        background example optional 2 3 4 second third preview
        遮罩 蒙版 尾帧 结果 背景""",
    # What another step makes of the picture, and what the person in it is to wear.
    doubts="processed preprocessed segmented garment garm cloth clothing clothes",
    shape=Shape(reason="it takes a picture", score=0.5),
)

MASK: Final = Field(
    name="mask",
    kind=Kind.MASK,
    aliases=("mask_image",),
    words={
        1.0: """
            mask | mask image | input mask | image mask | inpaint mask | upload mask | mask input |
            masked image | mask img | mask path | mask file | inpainting mask | edit mask | 遮罩 |
            蒙版 | 掩码 | 掩膜 | マスク | マスク画像 | 마스크 | 마스크 이미지 | mascara | masque |
            maske | маска
            """,
        0.5: "region | edit region | area | selection | inpaint area | inpaint region",
    },
    never="output result preview blur type mode prompt threshold dilation expand",
)

INSTRUCTION: Final = Field(
    name="prompt",
    kind=Kind.TEXT,
    aliases=("text", "instruction"),
    leads=True,
    words={
        1.0: """
            prompt | text prompt | input prompt | user prompt | edit prompt | edit instruction |
            editing instruction | instruction | editing prompt | instruct | target prompt |
            restoration prompt | inpaint prompt | image prompt | prompt text | positive prompt |
            editing text | tar prompt | motion prompt | 提示词 | 提示語 | 编辑指令 | 编辑提示词 |
            指令 | 编辑提示 | 正向提示词 | プロンプト | 編集指示 | 編集プロンプト | 指示 |
            프롬프트 | 편집 지시 | 편집 프롬프트 | 지시 | instruccion | instrucciones |
            prompt edicion | invite | consigne | instructions edition | anweisung |
            bearbeitungsanweisung | промпт | инструкция | запрос | instrucao | instrucoes | comando
            """,
        0.85: """
            description | describe | describe edit | describe what you want | describe change |
            edit | what change | caption | target caption | command | object add | 描述 | 説明 |
            설명 | descripcion | beschreibung | описание | descricao | 修改要求
            """,
        0.65: """
            text | input text | request | query | task prompt | question | message | 文本 |
            テキスト
            """,
    },
    never="""negative neg nprompt n negativo negativa negatif negativer негативный отрицательный
        负 负面 反向 負 ネガティブ 부정 네거티브 system source src original path old url token
        key password email filename folder lora suffix prefix title seed history api id""",
    shape=Shape(reason="it takes text and nothing names it otherwise", score=0.3),
)

STRENGTH: Final = Field(
    name="strength",
    kind=Kind.NUMBER,
    words={
        1.0: """
            strength | denoising strength | denoise strength | denoise | denoising |
            image strength | img2img strength | image2image strength | noising strength |
            edit strength | editing strength | transformation strength | prompt strength |
            variation strength | inpaint strength | inpainting strength | noise strength |
            strength image | strength img2img | image to image strength | i2i strength | 重绘强度 |
            去噪强度 | 重绘幅度 | 降噪强度 | 强度 | ノイズ除去強度 | 強度 | 変換強度 | 강도 |
            노이즈 제거 강도 | fuerza | intensidad | fuerza denoising | force | intensite |
            force debruitage | starke | entrauschungsstarke | сила | сила денойза |
            сила шумоподавления | forca
            """,
        0.7: "intensity | intensidade | 幅度 | 変化の強さ | 변형 정도",
    },
    never="""lora control controlnet guidance style identity ip adapter id pose depth canny color
        light lighting hdr effect grain
        watermark face blur sharpen motion conditioning skip mask""",
    span=(0.3, 1.5),
)

SCALE: Final = Field(
    name="upscale",
    kind=Kind.NUMBER,
    aliases=("scale", "upscale_factor", "outscale"),
    words={
        1.0: """
            upscale | upscale factor | upscaling factor | scale factor | outscale | upscale ratio |
            upscale by | rescaling factor | rescale factor | magnification | enlargement |
            resolution upscale | upscale amount | output scale | zoom | super resolution scale |
            upsampling scale | upsampling factor | upscaler factor | sr scale | scaling factor |
            放大倍数 | 放大 | 缩放比例 | 放大比例 | 缩放倍数 | 倍率 | アップスケール |
            アップスケール倍率 | 拡大率 | 拡大倍率 | 업스케일 | 확대 배율 | 배율 | factor escala |
            escala | aumento | ampliacion | facteur echelle | agrandissement | echelle |
            skalierung | skalierungsfaktor | vergroserung | vergroserungsfaktor | vergrosserung |
            масштаб | коэффициент увеличения | увеличение | увеличить | fator escala |
            fator ampliacao
            """,
        0.8: "size modifier | upscale size | factor | resize factor",
        0.6: "scale | ratio | multiplier | times | x",
    },
    never="""guidance cfg lora control controlnet conditioning strength color face background
        adapter text s stage1""",
    span=(2, 32),
)

REMOVE_BACKGROUND: Final = Field(
    name="remove_background",
    kind=Kind.SWITCH,
    words={
        1.0: """
            remove background | do remove background | background removal | remove bg | rembg |
            preprocess background | auto remove background | 去除背景 | 移除背景 | 背景除去 |
            배경 제거 | eliminar fondo | supprimer arriere plan | hintergrund entfernen |
            удалить фон | remover fundo
            """,
    },
)

DURATION: Final = Field(
    name="duration",
    kind=Kind.NUMBER,
    words={
        1.0: """
            duration | duration second | duration s | length second | audio length | video length |
            audio duration | video duration | total second | second total | second | sec | length |
            music duration | clip duration | dur | seconds total | audio length second |
            time second | video length second | song length | clip length | total duration |
            generation length | 时长 | 時長 | 持续时间 | 音频时长 | 视频时长 | 时长 秒 | 秒数 |
            長さ | 再生時間 | 秒 | 動画の長さ | 길이 | 재생 시간 | 지속 시간 | 초 | duracion |
            segundos | duree | secondes | dauer | lange | sekunden | длительность |
            продолжительность | секунд | duracao
            """,
        0.5: "s",  # behind a length, its unit
    },
    never="""prompt token max overlap start crop frame clip text chunk batch fade seconds_start
        caption sequence cross window""",
    span=(1, 700),
)

NUM_FRAMES: Final = Field(
    name="num_frames",
    kind=Kind.INTEGER,
    words={
        1.0: """
            num frame | number frame | frame count | video frame | frame | video length frame |
            total frame | n frame | length frame | video length | 帧数 | 总帧数 | フレーム数 |
            프레임 수 | numero fotogramas | fotogramas | nombre images | anzahl frames |
            anzahl bilder | количество кадров | число кадров | кадры | numero quadros | quadros
            """,
    },
    never="per second rate fps overlap start end first last index extract skip",
    span=(8, 2000),
)

FPS: Final = Field(
    name="fps",
    kind=Kind.INTEGER,
    words={
        1.0: """
            fps | frame rate | frame per second | 帧率 | 每秒帧数 | フレームレート | 프레임 속도 |
            초당 프레임 | fotogramas por segundo | image par seconde | ips | bilder pro sekunde |
            bildrate | кадров секунду | кадров в секунду | частота кадров | quadros por segundo
            """,
    },
    span=(1, 120),
)

MODELS_3D: Final[Mapping[str, float]] = {
    "model3d": 1.0,
    "litmodel3d": 1.0,
    "gltf": 1.0,
    "file": 0.6,
    "downloadbutton": 0.5,
    "html": 0.3,
    "plot": 0.2,
}

VIDEOS: Final[Mapping[str, float]] = {
    "video": 1.0,
    "playablevideo": 1.0,
    "gallery": 0.45,
    "image": 0.4,  # an animated GIF
    "file": 0.45,
    "html": 0.35,
    "downloadbutton": 0.3,
    "json": 0.2,
}
VIDEO_FOREIGN: Final = frozenset(("model3d", "litmodel3d"))
VIDEO_GOOD: Final = """
result | output | generated | generated video | video | final | animation | clip | movie |
gif | output video | 结果 | 输出 | 生成 | 视频 | 影片 | 出力 | 結果 | 動画 | ビデオ | 결과 |
출력 | 비디오 | 영상 | 동영상 | resultado | resultat | ergebnis | результат | видео | saida |
salida | sortie
"""
VIDEO_BAD: Final = """
mask | preview | input | history | intermediate | before | original | source | reference |
depth | control | pose | example | log | frame | first frame | last frame | waveform |
download | upscaled frame | 预览 | 输入 | 历史 | 入力 | 입력 | entrada | entree | eingabe
"""

PICTURE_GOOD: Final = """
result | output | generated | generated image | edited | edited image | image | picture | final |
gallery | restored | upscaled | enhanced | processed | foreground | cutout | transparent |
without background | no background | background removed | inpainted | stylized | refined | render |
high res | after | creation | итог | готовое | 最终 | 最終 | 変換後 | 변환 | 최종 | bearbeitet |
bearbeitetes | editada | modifiee | finale | 结果 | 输出 | 生成 | 图片 | 图像 | 编辑后 | 处理后 |
抠图结果 | 出力 | 結果 | 画像 | 결과 | 출력 | 이미지 | resultado | imagen | resultat | ergebnis |
bild | результат | изображение | imagem | saida | salida | sortie | ausgabe
"""
# Pictures that a page shows on the way to the one that was asked for.
ON_THE_WAY: Final = """
preprocessed | preprocessor | intermediate | stage 1 | low res | lowres | low resolution | draft |
condition | normal map | style image | base image | with boxes | bounding box | masked | noise |
预处理 | 中间 | 参考 | 原图 | 原始 | 控制 | 边缘 | 线稿 | 深度 | 遮罩 | 蒙版 | 前処理 | 中間 |
元画像 | 元の画像 | 参照 | 線画 | マスク | 전처리 | 중간 | 원본 | 참조 | 마스크 | 윤곽 |
preprocesada | preprocesado | intermedia | mascara | previa | pretraitee | pretraite |
intermediaire | masque | apercu | vorschau | maske | vorverarbeitet | zwischenbild | исходное |
исходный | маска | предпросмотр | промежуточный | промежуточное | предобработка |
pre visualizacao | preprocessada | intermediaria
"""
PICTURE_BAD: Final = f"""{ON_THE_WAY.rstrip()} |
preview | input | history | intermediate | before | original | source | reference | baseline |
depth | control | layout | sketch | canvas | example | step | metadata | log | canny | pose |
edge | zip | download | plot | heatmap | inspiration | previous | attention | comparison |
preprocessed | resized | cropped | mask | masked | 历史 | 预览 | 输入 | 蒙版 | 遮罩 | 履歴 |
入力 | マスク | 기록 | 입력 | historial | entrada | historique | entree | verlauf | eingabe |
история | ввод
"""
