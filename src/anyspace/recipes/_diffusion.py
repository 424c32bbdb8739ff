"""Fields that apps around picture and film models share, and the words they use for them.

Words come in the languages that apps are labelled in: English, Chinese, Japanese, Korean,
Spanish, French, German, Russian, Portuguese. Small words are left out of texts before
they are compared, so "number of images" also stands for "nombre d'images".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from anyspace.recipes._task import Field, Follows, Kind, Shape, Sizes

__all__ = [
    "ASPECT_RATIO",
    "FIX_SEED",
    "GUIDANCE_SCALE",
    "HEIGHT",
    "MODEL",
    "NEGATIVE_PROMPT",
    "NUM_IMAGES",
    "NUM_INFERENCE_STEPS",
    "PICTURES",
    "PROMPT",
    "RANDOMIZE_SEED",
    "REFERENCE_IMAGE",
    "RESOLUTION",
    "SCHEDULER",
    "SEED",
    "SIZES",
    "STYLE",
    "USE_NEGATIVE_PROMPT",
    "WIDTH",
]

# A gallery is as good as a picture. A page of HTML may hold one as well, and before 4.0
# some apps answered with JSON that names the file.
PICTURES: Final[Mapping[str, float]] = {
    "image": 1.0,
    "gallery": 1.0,
    "imageslider": 0.8,
    "imageeditor": 0.6,
    "annotatedimage": 0.5,
    "file": 0.45,
    "html": 0.35,
    "downloadbutton": 0.3,
    "json": 0.3,
}

PROMPT: Final = Field(
    name="prompt",
    kind=Kind.TEXT,
    aliases=("text", "inputs"),
    leads=True,
    words={
        1.0: """
            prompt | text prompt | input prompt | user prompt | prompt text | main prompt |
            提示词 | 提示語 | 提示 | 咒语 | プロンプト | 呪文 | 프롬프트 | invite | промпт | промт
            """,
        0.95: """
            positive prompt | 正向提示词 | 正面提示词 | 正提示词 | ポジティブプロンプト |
            긍정 프롬프트
            """,
        0.9: """
            image description | picture description | image prompt | 画面描述 | 图像描述 |
            图片描述 | 画像の説明 | 이미지 설명 | descripcion imagen | description image |
            bildbeschreibung | описание изображения | descricao imagem | eingabeaufforderung
            """,
        0.8: """
            description | describe | describe image | describe what you want |
            what you want to see | quieres ver | quer ver | scene | describe | describa |
            describe imagen | decrivez | decrivez image | beschreibe | beschreiben | опишите |
            descreva | what draw | draw what | what paint | что нарисовать | что изобразить |
            нарисовать | 画什么 | 描きたい | 그리고 싶 | que dibujar | que dessiner |
            was zeichnen | que desenhar | 描述 | 説明 | 설명 | descripcion | beschreibung |
            описание | descricao | indicacion | запрос | instruccion | instruction
            """,
        0.75: "caption | 标题文字 | 文本 | 文字 | テキスト | 텍스트 | texto | texte | текст",
        0.65: "text | input text | idea | 输入 | 入力 | 입력 | 内容 | 关键词 | キーワード",
        0.5: """
            query | message | input | keyword | subject | request | topic | entrada | eingabe |
            ввод | tema | sujet | thema | тема | 话题 | 題材 | 주제
            """,
    },
    never="""negative neg nprompt n negativo negativa negatif negativer негативный отрицательный
        负 负面 反向 負 ネガティブ 부정 네거티브 system source src old path url token key password
        email file filename folder lora suffix prefix title seed history api id""",
    shape=Shape(reason="it takes text and nothing names it otherwise", score=0.25),
)

NEGATIVE_PROMPT: Final = Field(
    name="negative_prompt",
    kind=Kind.TEXT,
    words={
        1.0: """
            negative prompt | neg prompt | n prompt | nprompt | negative text prompt | 负面提示词 |
            负向提示词 | 反向提示词 | 负提示词 | 负面提示 | 反向提示 | 負面提示詞 |
            ネガティブプロンプト | ネガティブ プロンプト | 否定プロンプト | 네거티브 프롬프트 |
            부정 프롬프트 | prompt negativo | prompt negatif | invite negative | negativer prompt |
            negativprompt | негативный промпт | отрицательный промпт | негативный запрос |
            отрицательный запрос
            """,
        0.95: "negative caption | negative text | negative description | 负面描述",
        0.9: """
            negative | neg | negprompt | negatif | negativ | 负面 | 反向 | ネガティブ | 네거티브 |
            negativo | негатив
            """,
        0.8: """
            unwanted | undesired | should not | don t want | do not want | exclude | avoid |
            what avoid | what you do not want | uncond | 不想 | 不想要 | 不想要的内容 | 排除 |
            避免 | 不希望出现 | したくない | 含めたくない | 避けたい | 除外 | 제외 | 원하지 않 |
            evitar | eviter | exclure | excluir | vermeiden | vermieden | ausschliesen |
            исключить | избегать | чего не должно быть | нежелательно
            """,
    },
    never="appended added content default style suffix strength scale",
)

USE_NEGATIVE_PROMPT: Final = Field(
    name="use_negative_prompt",
    kind=Kind.SWITCH,
    words={
        1.0: """
            use negative prompt | enable negative prompt | apply negative prompt | 使用负面提示词 |
            启用负面提示词 | ネガティブプロンプトを使用 | 네거티브 프롬프트 사용 |
            usar prompt negativo | utiliser prompt negatif | negativen prompt verwenden |
            использовать негативный промпт
            """,
        0.9: "negative prompt | negative | 负面提示词 | ネガティブプロンプト | 네거티브 프롬프트",
    },
    never="default 2",
    follows=Follows("negative_prompt", given=True, absent=None),
)

WIDTH: Final = Field(
    name="width",
    kind=Kind.INTEGER,
    words={
        1.0: """
            width | image width | output width | custom width | target width | width px | 宽度 |
            图像宽度 | 图片宽度 | 宽 | 寬度 | 幅 | 横幅 | 画像の幅 | 너비 | 가로 | 폭 | ancho |
            anchura | largeur | breite | bildbreite | ширина | largura | 图像宽 | 图片宽 | 出力幅
            """,
        0.8: "w | 가로 크기 | 横",
    },
    never="line stroke brush border crop pad margin original ratio height",
    span=(64, 16384),
    shape=Shape(reason="its range is one of pixels", score=0.35, least=16, most=512, step=8),
)

HEIGHT: Final = Field(
    name="height",
    kind=Kind.INTEGER,
    words={
        1.0: """
            height | image height | output height | custom height | target height | height px |
            高度 | 图像高度 | 图片高度 | 高 | 高さ | 縦幅 | 画像の高さ | 높이 | 세로 | alto |
            altura | hauteur | hohe | bildhohe | высота | 图像高 | 图片高
            """,
        0.8: "h | 세로 크기 | 縦 | 竖",
    },
    never="line stroke brush border crop pad margin original ratio width",
    span=(64, 16384),
    shape=Shape(reason="its range is one of pixels", score=0.35, least=16, most=512, step=8),
)

ASPECT_RATIO: Final = Field(
    name="aspect_ratio",
    kind=Kind.SIZE,
    words={
        1.0: """
            aspect ratio | aspect | image ratio | image aspect ratio | picture ratio | 宽高比 |
            长宽比 | 画面比例 | 图片比例 | 图像比例 | 寬高比 | アスペクト比 | 縦横比 | 화면 비율 |
            종횡비 | 가로세로 비율 | relacion aspecto | proporcion | rapport aspect |
            ratio aspect | format image | seitenverhaltnis | bildformat | соотношение сторон |
            proporcao
            """,
        0.85: "ratio | 比例 | 比率 | 비율",
        0.7: "orientation | shape | 方向 | 向き | 방향 | orientacion | ausrichtung | ориентация",
    },
    never="style strength merge mix",
    shape=Shape(reason="its choices are ratios", choices="ratios"),
)

RESOLUTION: Final = Field(
    name="resolution",
    kind=Kind.SIZE,
    words={
        1.0: """
            resolution | image resolution | output resolution | image size | size resolution |
            分辨率 | 图像尺寸 | 图片尺寸 | 图像大小 | 图片大小 | 輸出尺寸 | 解像度 | 画像サイズ |
            해상도 | 이미지 크기 | resolucion | tamano imagen | taille image | bildgrosse |
            auflosung | разрешение | размер изображения | resolucao | tamanho imagem
            """,
        0.9: """
            dimension | output size | picture size | canvas size | size px | megapixel | mp |
            output megapixel | target megapixel | image megapixel | 尺寸 | 百万像素 |
            メガピクセル | 메가픽셀
            """,
        0.8: "size | 大小 | サイズ | 크기 | tamano | taille | grosse | размер | tamanho",
    },
    never="batch font brush kernel tile step patch binning category style window file",
    shape=Shape(reason="its choices are sizes in pixels", choices="pixels"),
)

SEED: Final = Field(
    name="seed",
    kind=Kind.INTEGER,
    words={
        1.0: """
            seed | random seed | seed value | manual seed | noise seed | generator seed |
            image seed | 种子 | 随机种子 | 随机数种子 | 種子 | シード | シード値 | 乱数シード |
            시드 | 시드 값 | 시드값 | semilla | graine | startwert | сид | зерно | семя | semente
            """,
        0.95: "different generation result | different generation | different result",
        0.6: "rng | random number | zufallswert | 随机数",
    },
    never="variation sub subseed extra strength resize",
    span=(-1, math.inf),
    shape=Shape(reason="it looks like a seed", most=2**31 - 1, value=-1),
    none_below=0,
    wraps=True,
)

RANDOMIZE_SEED: Final = Field(
    name="randomize_seed",
    kind=Kind.SWITCH,
    words={
        1.0: """
            randomize seed | randomise seed | random seed | use random seed | seed random |
            seed randomize | 随机种子 | 使用随机种子 | 随机化种子 | 隨機種子 | シードをランダム |
            ランダムシード | シードをランダムにする | ランダムなシード | 랜덤 시드 | 무작위 시드 |
            시드 무작위 | 시드 랜덤 | semilla aleatoria | aleatorizar semilla | graine aleatoire |
            zufalliger seed | seed zufallig | zufallsseed | zufalliger startwert | rand seed |
            случайный сид | случайное зерно | рандомный сид | semente aleatoria |
            aleatorizar semente
            """,
        0.9: """
            randomize | randomise | rand | seed mode | seed type | 种子模式 | shuffle seed |
            new seed | change seed | vary seed | auto seed
            """,
        0.8: """
            random | 随机 | 隨機 | ランダム | 랜덤 | 무작위 | aleatorio | aleatoria | aleatoire |
            zufallig | случайно | случайный
            """,
    },
    never="prompt style fix fixed lock keep size noise flip",
    follows=Follows("seed", given=False, absent=True),
)

FIX_SEED: Final = Field(
    name="fix_seed",
    kind=Kind.SWITCH,
    words={
        1.0: """
            fix seed | fixed seed | lock seed | keep seed | use fixed seed | use seed |
            use manual seed | manual seed | use custom seed | set seed | reuse seed | 固定种子 |
            使用种子 | 固定シード | シードを固定 | シード固定 | 시드 고정 | fijar semilla |
            fixer graine | seed fixieren | fester seed | фиксировать сид | фиксированный сид |
            fixar semente
            """,
    },
    never="random randomize randomise",
    follows=Follows("seed", given=True, absent=False),
)

NUM_INFERENCE_STEPS: Final = Field(
    name="num_inference_steps",
    kind=Kind.INTEGER,
    words={
        1.0: """
            num inference step | number inference step | inference step | sampling step |
            number sampling step | diffusion step | denoising step | sample step | sampler step |
            generation step | number step | num step | step | n step | steps count | 推理步数 |
            采样步数 | 迭代步数 | 生成步数 | 扩散步数 | 步数 | 推論ステップ数 | 推論ステップ |
            ステップ数 | サンプリングステップ | サンプリング回数 | ステップ | 추론 단계 |
            추론 스텝 | 샘플링 스텝 | 스텝 수 | 스텝 | 단계 수 | 단계 | paso | numero paso |
            pasos inferencia | etape | nombre etape | etapes inference | schritt |
            inferenzschritte | sampling schritte | schritte | anzahl schritte | шаг | шагов | шаги |
            количество шагов | passo | numero passos | etapa
            """,
        0.75: "iteration | timestep | num timestep | 迭代次数 | iteracion | iteracao | итераций",
    },
    never="""skip start end inject refiner preview control strength guidance save every upscale
        hires second sharing window warmup""",
    span=(1, 2000),
)

GUIDANCE_SCALE: Final = Field(
    name="guidance_scale",
    kind=Kind.NUMBER,
    words={
        1.0: """
            guidance scale | guidance | cfg scale | cfg | cfg weight | classifier free guidance |
            classifier free guidance scale | guide scale | text guidance scale | scale guidance |
            prompt guidance | guidance weight | guidance strength | cfg value | cfg coef |
            cfg coefficient | cfg strength | cfg rate | guidance coefficient | 引导系数 |
            引导强度 | 引导比例 | 引导尺度 | 引导 | 指导系数 | 指导比例 | 提示词引导系数 |
            提示词相关性 | 文本引导 | ガイダンススケール | ガイダンス | ガイダンス 스케일 |
            CFGスケール | 가이던스 스케일 | 가이던스 | 안내 척도 | escala guia |
            escala orientacion | guia | echelle guidage | guidage | intensite guidage |
            fuhrungsskala | anleitungsskala | führungsstärke | шкала руководства |
            сила следования | масштаб наведения | шкала наведения | escala orientacao | orientacao
            """,
        0.7: """
            prompt strength | prompt adherence | prompt weight | 忠実度 | プロンプト忠実度 |
            text strength | сила промпта | вес промпта | scale cfg
            """,
        0.6: "classifier free",
        0.35: "scale",
    },
    never="""start end rescale interval refiner second decay control lora image img src source step
        pag adapter style""",
    span=(5, 200),
)

NUM_IMAGES: Final = Field(
    name="num_images",
    kind=Kind.INTEGER,
    words={
        1.0: """
            num image | number image | n image | image count | num image per prompt |
            image per prompt | number output image | num output | number output |
            number image generate | how many image | how many picture | how many | num sample |
            number sample | n sample | num picture | number picture | num img | num variation |
            number variation | 图片数 | 图像数 | 图片数量 | 图像数量 | 生成数量 | 生成图片数量 |
            出图数量 | 生成张数 | 张数 | 圖片數量 | 画像数 | 生成枚数 | 枚数 | 画像の枚数 |
            이미지 수 | 이미지 개수 | 생성 개수 | 장수 | numero imagen | numero imagenes |
            cantidad imagenes | nombre image | anzahl bilder | bildanzahl |
            количество изображений | число изображений | сколько картинок | сколько изображений |
            numero imagem | quantidade imagens
            """,
        0.9: """
            batch size | images | batch count | 批量大小 | 批次大小 | 批量 | バッチサイズ |
            배치 크기
            """,
        0.6: """
            n | variation | batch | count | quantity | sample | 数量 | 개수 | cantidad |
            anzahl | количество
            """,
    },
    never="step segment frame word token max width height face point object strength quality",
    span=(1, 128),
    harmless=1,
    repeats=True,
)

STYLE: Final = Field(
    name="style",
    kind=Kind.CHOICE,
    words={
        1.0: """
            style | image style | art style | style name | style template | style preset |
            style selection | artistic style | picture style | quality style | visual style |
            风格 | 图片风格 | 图像风格 | 画风 | 艺术风格 | 風格 | スタイル | 画風 | 스타일 | 화풍 |
            estilo | estilo imagen | stil | bildstil | kunststil | стиль
            """,
        0.6: "preset | theme | 预设 | プリセット | 프리셋 | 主题",
    },
    never="strength mode weight scale reference lora fidelity prompt only ratio",
)

MODEL: Final = Field(
    name="model",
    kind=Kind.CHOICE,
    words={
        1.0: """
            model | base model | model name | model choice | model id | model version |
            choice model | diffusion model | checkpoint | model selection | 模型 | 模型选择 |
            基础模型 | 底模 | モデル | モデル選択 | 모델 | 모델 선택 | modelo | modele | modell |
            модель
            """,
        0.8: """
            ckpt | model variant | version | weights | weights file | 版本 | 权重 | 重み | 가중치
            """,
        0.5: "engine | pipeline | base",
    },
    never="""language llm prompt path token api directory dir folder strength scale vae upscaler
        upscale controlnet control enhance caption refiner motion text lora embedding""",
)

SCHEDULER: Final = Field(
    name="scheduler",
    kind=Kind.CHOICE,
    words={
        1.0: """
            scheduler | sampler | sampling method | sampler name | scheduler name |
            noise scheduler | sampler scheduler | 采样器 | 采样方法 | 调度器 | 取樣器 |
            サンプラー | スケジューラー | スケジューラ | 샘플러 | 스케줄러 | muestreador |
            planificador | echantillonneur | planificateur | planer | сэмплер | семплер |
            планировщик | amostrador | agendador
            """,
        0.85: "solver | sampler schedule | ode solver | sampling algorithm | schedule",
    },
    never="step lr learning",
)

REFERENCE_IMAGE: Final = Field(
    name="image",
    kind=Kind.IMAGE,
    aliases=("input_image", "reference_image"),
    words={
        1.0: """
            image | input image | init image | initial image | source image | reference image |
            upload image | style image | face image | identity image | photo | picture | img |
            upload photo | 图片 | 图像 | 输入图像 | 参考图 | 上传图片 | 画像 | 入力画像 |
            参照画像 | 이미지 | 입력 이미지 | 참조 이미지 | imagen | bild | изображение | imagem
            """,
        0.6: "upload | drop | drag | file | input | face | scribble | sketch | canvas | drawing",
    },
    never="mask control depth pose",
    shape=Shape(reason="it takes a picture", score=0.4),
    insists=0.4,
)

SIZES: Final = Sizes(width="width", height="height", combined=("resolution", "aspect_ratio"))
