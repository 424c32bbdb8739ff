"""Sizes and ratios as apps write them."""

import pytest

from anyspace.recipes._sizes import Size, distance, measure_of, of_pixels, parse_size, rewrite_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1024x768", of_pixels(1024, 768)),
        ("720*1280", of_pixels(720, 1280)),
        ("1024 1024", of_pixels(1024, 1024)),
        ("1024 × 768 (4:3)", of_pixels(1024, 768)),
        ("(Extrapolation) 1536x1536", of_pixels(1536, 1536)),
        ("Instagram (1:1)", Size(ratio=1.0)),
        ("Anamorphic (2.39:1)", Size(ratio=2.39)),
        ("16x9", Size(ratio=16 / 9)),
        ("4:3", Size(ratio=4 / 3)),
        ("512", Size(512, 512)),
        ("720p", Size(1280, 720)),
        ("480P", Size(853, 480)),
        ("Full HD", Size(1920, 1080)),
        ("1 MP", Size(1024, 1024)),
        ("0.25 megapixels", Size(512, 512)),
        ("4 百万像素", Size(2048, 2048)),
        ("1MP (1152x896)", of_pixels(1152, 896)),
        ("0 MP", None),
        ("portrait_16_9", Size(ratio=9 / 16)),
        ("landscape_16_9", Size(ratio=16 / 9)),
        ("square_hd", Size(ratio=1.0)),
        ("9_16", Size(ratio=9 / 16)),
        ("0_16", None),
        ("model_1_5", None),
        ("Portrait (4:3)", Size(ratio=3 / 4)),
        ("Landscape (3:4)", Size(ratio=4 / 3)),
        ("Portrait 1:1", Size(ratio=1.0)),
        ("Square (16:9)", Size(ratio=16 / 9)),
        ("2K", Size(2048, 2048)),
        ("Square", Size(ratio=1.0)),
        ("横向", Size(ratio=4 / 3)),
        ("Hochformat", Size(ratio=3 / 4)),
        ("0:1", None),
        ("00x10", None),
        ("auto", None),
        (of_pixels(8, 8), of_pixels(8, 8)),
    ],
)
def test_sizes_are_read_from_choices(text, size):
    """Observed choices of resolution and aspect ratio widgets."""
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("wanted", "offered", "nearer"),
    [
        (of_pixels(1920, 1080), "1344x768", "1024x1024"),
        (of_pixels(512, 512), "1:1", "16:9"),
        (of_pixels(2048, 2048), "2K", "1K"),
        (Size(ratio=0.5), "512x1024", "1024x512"),
        (of_pixels(700, None), "720x1280", "1280x720"),
    ],
)
def test_shape_counts_before_area(wanted, offered, nearer):
    """Ours: a wide picture of half the pixels is nearer than a square one."""
    close, far = distance(wanted, parse_size(offered)), distance(wanted, parse_size(nearer))

    assert close < far


def test_sizes_with_nothing_in_common_have_no_distance():
    """Ours: a width says nothing about a ratio."""
    assert distance(of_pixels(512, None), Size(ratio=1.0)) is None


@pytest.mark.parametrize(
    ("template", "size", "text"),
    [
        ("720*1280", of_pixels(512, 640), "512*640"),
        ("1024 x 1024", of_pixels(512, 640), "512 x 640"),
        (None, of_pixels(512, 640), "512x640"),
        ("auto", of_pixels(512, 640), "512x640"),
        ("720*1280", of_pixels(512, None), "width 512"),
        ("720*1280", of_pixels(None, 640), "height 640"),
        ("720*1280", Size(ratio=1.5), "3:2"),
    ],
)
def test_a_size_is_written_the_way_the_app_writes_its_own(template, size, text):
    """Observed: "720*1280" in one app, "720x1280" in the next."""
    assert rewrite_size(template, size) == text


def test_bare_numbers_count_megapixels_where_the_widget_says_so():
    """Observed: a list "Megapixels" of "1" and "0.25"."""
    assert parse_size("0.25", mega=True) == Size(512, 512)
    assert parse_size("1024x512", mega=True) == of_pixels(1024, 512)
    assert parse_size("auto", mega=True) is None
    assert parse_size("0.25") is None


def test_what_a_text_measures_is_told_only_from_numbers():
    """Ours: "portrait" may be a style."""
    assert [measure_of(t) for t in ("512x512", "1:1", "portrait")] == ["pixels", "ratios", ""]
