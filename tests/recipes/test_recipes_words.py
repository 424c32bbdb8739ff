"""Names and labels, brought to a form in which they can be compared."""

import pytest

from anyspace.recipes._words import head_of, is_optional, plain, speaks


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("num_inference_steps", " num inference step "),
        ("numInferenceSteps", " num inference step "),
        ("Number of inference steps", " number inference step "),
        ("CFGScale", " cfg scale "),
        ("prompt2", " prompt 2 "),
        ("txt2img_prompt", " txt img prompt "),
        ("ＣＦＧ比例", " cfg 比例 "),
        ("Número de imágenes", " numero imagene "),
        ("Nombre d'images", " nombre image "),
        ("生成された画像", " 生成された画像 "),
        ("Высота", " высота "),
        ("the", " the "),
        ("🎨", "  "),
    ],
)
def test_text_is_brought_to_a_plain_form(text, form):
    """Observed spellings: Python names, camel case, accents, full width letters."""
    assert plain(text) == form


@pytest.mark.parametrize(
    ("label", "head", "beside"),
    [
        ("Seed", "Seed", ""),
        ("Seed (0 for random)", "Seed", "(0 for random)"),
        ("Prompt. More detail helps.", "Prompt", "More detail helps."),
        ("(Optional) Keywords", "Keywords", "(Optional)"),
        ("(Optional) Seed: -1 is random", "Seed", "(Optional) -1 is random"),
        ("Width / 宽度", "Width", "宽度"),
        ("随机种子（-1表示随机）", "随机种子", "（-1表示随机）"),
        ("Style - how it looks", "Style", "how it looks"),
        ("(none)", "(none)", ""),
        ("CFG/Pace", "CFG/Pace", ""),
        ("1. Image", "Image", ""),
        ("2) Prompt (optional)", "Prompt", "(optional)"),
        ("Step 1: Upload image", "Upload image", ""),
        ("📷 STEP 2 - Prompt", "Prompt", ""),
        ("第一步：上传图片", "上传图片", ""),
        ("③ 種子", "種子", ""),
        ("Schritt 3. Stil", "Stil", ""),
        ("사진 · 가구를 칠해 주세요", "사진", "가구를 칠해 주세요"),
        ("4:3", "4", "3"),
        ("1.5 model", "1.5 model", ""),
        ("Step 12", "Step 12", ""),
        ("Steps: 20", "Steps", "20"),
    ],
)
def test_a_label_is_split_into_its_name_and_its_explanation(label, head, beside):
    """Observed labels."""
    assert head_of(label) == (head, beside)


def test_phrases_are_found_at_word_borders_only():
    """Ours: "go" is not in "cargo", but 生成 is in 生成图像, which has no borders."""
    assert not speaks("Cargo", "go")
    assert speaks("Go!", "run | go")
    assert speaks("🎨 生成图像", "生成")


def test_optional_is_understood_in_several_languages():
    """Observed: 可选 in brackets after the label."""
    assert is_optional("Image (optional)")
    assert is_optional("参考图（可选）")
    assert not is_optional("Image")


@pytest.mark.parametrize("text", ["背景を削除", "背景の削除", "背景削除する"])
def test_japanese_particles_do_not_part_a_phrase(text):
    """Ours: buttons say 背景を削除 where titles say 背景削除."""
    assert speaks(text, "背景削除")
