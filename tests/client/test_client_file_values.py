"""Files among the arguments: everything that is taken for one, and what becomes of it."""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path, PurePosixPath

import pytest
from PIL import Image

import anyspace
from anyspace import FileError
from anyspace.client import LocalFile, RemoteFile
from anyspace.client._files import to_file
from tests.client.support import run

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


def content(file):
    """What would be sent."""

    async def read():
        return b"".join([piece async for piece in file.chunks()])

    return run(read())


def described(file):
    """Its name, type and size; the size said is the size sent."""
    assert file.size == len(content(file))
    return file.name, file.mime_type, file.size


# --- from disk -------------------------------------------------------------------


def test_a_path_is_a_file(tmp_path):
    """Of any kind of path."""

    class Named:
        def __init__(self, path):
            self.path = path

        def __fspath__(self):
            return str(self.path)

    path = tmp_path / "my photo #1 é.png"
    path.write_bytes(PNG)
    for given in (path, PurePosixPath(path), Named(path)):
        file = to_file(given)
        assert described(file) == ("my photo #1 é.png", "image/png", len(PNG))
        assert content(file) == PNG


def test_a_plain_text_is_no_file():
    """Ours: text that happens to name a file must not be read from disk."""
    assert to_file(__file__) is None
    assert to_file("") is None
    assert to_file("mailto:ada@example.org") is None


def test_a_text_is_marked_as_a_file(tmp_path):
    """`anyspace.file`, and `handle_file` for who knows that name."""
    path = tmp_path / "a.txt"
    path.write_text("a")
    assert described(anyspace.file(str(path))) == ("a.txt", "text/plain", 1)
    assert anyspace.handle_file is anyspace.file


def test_a_home_folder_is_found(tmp_path, monkeypatch):
    """As in a shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.txt").write_text("a")
    assert content(anyspace.file("~/a.txt")) == b"a"


def test_a_marked_file_can_be_given_another_name():
    """What the app calls it, and what type it takes it for."""
    file = anyspace.file(b"abc", name="notes.csv")
    assert described(file) == ("notes.csv", "text/csv", 3)
    typed = anyspace.file(b"abc", name="notes.csv", mime_type="text/plain")
    assert typed.mime_type == "text/plain"
    assert anyspace.file(b"abc", name="../../evil.sh").name == "evil.sh"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("missing.png", "No such file"),
        (".", "is a folder"),
        ("a\0b", "is no path"),
        ("~nobody-of-that-name/x", "is no path"),
    ],
)
def test_what_cannot_be_read_is_a_file_error(path, words, tmp_path, monkeypatch):
    """Ours: found before anything is sent."""
    monkeypatch.chdir(tmp_path)
    for make in (lambda: to_file(Path(path)), lambda: anyspace.file(path)):
        with pytest.raises(FileError, match=words):
            make()


def test_what_is_no_file_at_all_is_a_type_error():
    """A mistake in the caller's code."""
    with pytest.raises(TypeError, match="int is no file"):
        anyspace.file(7)


def test_a_file_that_goes_before_it_is_sent_is_a_file_error(tmp_path):
    """It is only opened while it is sent."""
    path = tmp_path / "a.txt"
    path.write_text("a")
    file = to_file(path)
    path.unlink()
    with pytest.raises(FileError, match=r"a\.txt cannot be read: No such file"):
        content(file)


def test_a_name_that_is_no_text_is_made_one(tmp_path):
    """Names on Linux are bytes; requests are UTF-8."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
    try:
        path.write_bytes(PNG)
    except OSError:
        pytest.skip("this file system wants text for names")
    assert to_file(path).name == "caf?.png"


# --- from memory -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "mime_type"),
    [
        (PNG, "file.png", "image/png"),
        (b"\xff\xd8\xff\xe0", "file.jpg", "image/jpeg"),
        (b"GIF89a", "file.gif", "image/gif"),
        (b"%PDF-1.7", "file.pdf", "application/pdf"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "file.webp", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "file.wav", "audio/wav"),
        (b"OggS", "file.ogg", "audio/ogg"),
        (b"fLaC", "file.flac", "audio/flac"),
        (b"ID3\x04", "file.mp3", "audio/mpeg"),
        (b"\0\0\0\x18ftypmp42", "file.mp4", "video/mp4"),
        (b"whatever", "file", ""),
        (b"", "file", ""),
    ],
)
def test_bytes_are_named_by_what_they_begin_with(data, name, mime_type):
    """Apps go by the extension."""
    for given in (data, bytearray(data), memoryview(data)):
        file = to_file(given)
        assert (file.name, file.mime_type) == (name, mime_type)
        assert content(file) == data


def test_bytes_may_come_with_a_name():
    """(name, bytes), as HTTP libraries take it; the name stays a name."""
    assert described(to_file(("a.csv", b"1,2"))) == ("a.csv", "text/csv", 3)
    assert to_file(("../../etc/passwd", b"")).name == "passwd"
    assert to_file((PNG, "a.png")) is None
    assert to_file(("a", "b", "c")) is None
    assert to_file(("a.csv", "text")) is None


def test_an_open_file_is_read_from_where_it_stands(tmp_path):
    """Binary or text, with or without a name."""
    path = tmp_path / "a.txt"
    path.write_text("0123 é", encoding="utf-8")
    with path.open("rb") as handle:
        handle.seek(2)
        assert described(to_file(handle)) == ("a.txt", "text/plain", 5)
    with path.open(encoding="utf-8") as handle:
        assert content(to_file(handle)) == b"0123 \xc3\xa9"
    assert described(to_file(io.BytesIO(PNG))) == ("file.png", "image/png", len(PNG))


@pytest.mark.parametrize(
    ("url", "data", "mime_type"),
    [
        ("data:image/png;base64,iVBORw0KGgo=", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("data:image/png;base64,iVBORw0KGgo%3D", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("data:,a%20b", b"a b", "text/plain"),
        ("data:text/csv;charset=utf-8,1,2", b"1,2", "text/csv"),
    ],
)
def test_a_data_url_is_a_file(url, data, mime_type):
    """RFC 2397; what browsers put in pages."""
    file = to_file(url)
    assert content(file) == data
    assert file.mime_type == mime_type


@pytest.mark.parametrize("url", ["data:image/png;base64", "data:;base64,a", "data:;base64,a b c"])
def test_a_broken_data_url_is_a_file_error(url):
    """Ours."""
    with pytest.raises(FileError, match="data: URL"):
        to_file(url)


# --- from elsewhere --------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "name", "local"),
    [
        ("https://example.com/a/cat.png?size=2#top", "cat.png", False),
        ("https://example.com/a%20cat.png", "a cat.png", False),
        ("https://example.com/..%2F..%2Fpasswd", "passwd", False),
        ("https://example.com", "file", False),
        ("http://8.8.8.8/x", "x", False),
        ("http://localhost:7860/cat.png", "cat.png", True),
        ("http://app.localhost/cat.png", "cat.png", True),
        ("http://nas/cat.png", "cat.png", True),
        ("http://nas.local/cat.png", "cat.png", True),
        ("http://127.0.0.1/cat.png", "cat.png", True),
        ("http://192.168.1.7/cat.png", "cat.png", True),
        ("http://10.0.0.1/cat.png", "cat.png", True),
        ("http://169.254.169.254/latest", "latest", True),
        ("http://[::1]/cat.png", "cat.png", True),
        ("http://[fd00::1]/cat.png", "cat.png", True),
    ],
)
def test_a_url_is_a_file_that_the_app_fetches_unless_it_cannot(url, name, local):
    """Only this machine reaches private addresses."""
    file = to_file(url)
    assert isinstance(file, RemoteFile)
    assert (file.name, file.local) == (name, local)


@pytest.mark.parametrize("url", ["http://[", "http://[::1/cat.png"])
def test_a_url_that_is_none_is_a_file_error(url):
    """Ours: not a ValueError from the depths."""
    with pytest.raises(FileError, match="no address"):
        to_file(url)


def test_a_file_of_ours_stays_as_it_is():
    """Marked twice is marked."""
    file = anyspace.file(b"abc")
    assert to_file(file) is file
    assert anyspace.file(file) is file
    assert repr(file) == "<LocalFile 'file' unknown type>"
    assert repr(to_file("http://a.example/b")) == "<RemoteFile 'http://a.example/b'>"


# --- pictures --------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_picture_is_sent_as_png_which_loses_nothing(mode):
    """Ours: JPEG would."""
    file = to_file(Image.new(mode, (6, 4)))
    assert isinstance(file, LocalFile)
    assert (file.name, file.mime_type) == ("image.png", "image/png")
    opened = Image.open(io.BytesIO(content(file)))
    assert (opened.mode, opened.size) == (mode, (6, 4))


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "HSV", "LAB", "F"])
def test_a_picture_that_png_does_not_know_is_converted(mode):
    """Observed: photos for print are CMYK."""
    opened = Image.open(io.BytesIO(content(to_file(Image.new(mode, (6, 4))))))
    assert (opened.mode, opened.size) == ("RGB", (6, 4))


def test_a_picture_keeps_its_name(tmp_path):
    """With the extension of what is sent."""
    Image.new("RGB", (2, 2)).save(tmp_path / "holiday.jpg")
    with Image.open(tmp_path / "holiday.jpg") as picture:
        assert to_file(picture).name == "holiday.png"


@pytest.mark.parametrize("picture", [Image.new("RGB", (0, 0)), Image.new("La", (2, 2))])
def test_a_picture_that_cannot_be_sent_is_a_file_error(picture):
    """Ours: whatever Pillow raises."""
    with pytest.raises(FileError, match="cannot be sent as PNG"):
        to_file(picture)


# --- arrays ----------------------------------------------------------------------


def pixels(array):
    """What a reader of the sent picture sees."""
    np = pytest.importorskip("numpy")
    return np.asarray(Image.open(io.BytesIO(content(to_file(array)))))


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 3), (4, 6, 4), (4, 6, 2)])
def test_an_array_is_a_picture(shape):
    """(height, width[, channels]) of bytes."""
    np = pytest.importorskip("numpy")
    array = np.arange(np.prod(shape), dtype="uint8").reshape(shape)
    assert (pixels(array) == array).all()
    assert (pixels(array.astype("int64")) == array).all()


def test_an_array_of_floats_goes_from_0_to_1():
    """As Gradio's Image takes it; beyond is cut off."""
    np = pytest.importorskip("numpy")
    array = np.array([[0.0, 0.5, 1.0, -3.0, 7.0]])
    assert pixels(array).tolist() == [[0, 128, 255, 0, 255]]
    assert pixels(array.astype("float32")).tolist() == [[0, 128, 255, 0, 255]]


def test_a_mask_is_black_and_white():
    """True is white and not 1 of 255, which nobody can see."""
    np = pytest.importorskip("numpy")
    assert pixels(np.array([[True, False]])).tolist() == [[255, 0]]


@pytest.mark.parametrize(
    ("shape", "kind", "words"),
    [
        ((4,), "uint8", "no picture"),
        ((4, 4, 7), "uint8", "no picture"),
        ((0, 4), "uint8", "no picture"),
        ((4, 4), "complex128", "no picture"),
        ((4, 4), "U1", "no picture"),
        ((4, 4), "uint16", "values from 0 to 255"),
        ((4, 4), "int32", "values from 0 to 255"),
    ],
)
def test_an_array_that_is_no_picture_is_a_file_error(shape, kind, words):
    """Ours: wrapped around, 300 would be sent as 44."""
    np = pytest.importorskip("numpy")
    array = np.full(shape, 300 if kind in ("uint16", "int32") else 0, dtype=kind)
    with pytest.raises(FileError, match=words):
        to_file(array)


# --- sound -----------------------------------------------------------------------


def sound(rate, samples):
    """What a reader of the sent sound hears."""
    np = pytest.importorskip("numpy")
    file = to_file((rate, samples))
    assert (file.name, file.mime_type) == ("audio.wav", "audio/wav")
    with wave.open(io.BytesIO(content(file))) as opened:
        assert opened.getsampwidth() == 2
        assert opened.getframerate() == rate
        heard = np.frombuffer(opened.readframes(opened.getnframes()), "<i2")
        return heard.reshape(-1, opened.getnchannels()).squeeze(axis=None).tolist()


@pytest.mark.parametrize(
    ("kind", "samples", "heard"),
    [
        ("int16", [0, 1, -1, 32767, -32768], [0, 1, -1, 32767, -32768]),
        (">i2", [0, 1, -1, 32767, -32768], [0, 1, -1, 32767, -32768]),
        ("int32", [0, 2**31 - 1, -(2**31)], [0, 32766, -32767]),
        ("int8", [0, 64, -128], [0, 16383, -32767]),
        ("uint8", [128, 192, 0], [0, 16383, -32767]),
        ("uint16", [32768, 49152, 0], [0, 16383, -32767]),
        ("float32", [0.0, 1.0, -1.0, 7.0], [0, 32767, -32767, 32767]),
        ("float64", [0.0, 0.5, -7.0], [0, 16383, -32767]),
    ],
)
def test_samples_are_sent_as_16_bit_sound(kind, samples, heard):
    """Floats go from -1 to 1, whole numbers fill their type, unsigned ones around its middle."""
    np = pytest.importorskip("numpy")
    assert sound(8000, np.array(samples, dtype=kind)) == heard


def test_samples_may_be_stereo():
    """(samples, channels), as soundfile and scipy return it."""
    np = pytest.importorskip("numpy")
    assert sound(44100, np.array([[1, 2], [3, 4], [5, 6]], "int16")) == [[1, 2], [3, 4], [5, 6]]


def test_a_rate_may_be_one_of_numpys_numbers():
    """Observed: readers of sound files return such."""
    np = pytest.importorskip("numpy")
    assert sound(np.int64(16000), np.zeros(3, "int16")) == [0, 0, 0]


@pytest.mark.parametrize(
    ("rate", "shape", "kind"),
    [
        (0, (3,), "int16"),
        (8000, (2, 70000), "int16"),
        (8000, (2, 2, 2), "float32"),
        (8000, (3,), "complex64"),
        (8000, (3,), "U1"),
    ],
)
def test_samples_that_are_no_sound_are_a_file_error(rate, shape, kind):
    """Ours: channels before samples is a common mistake."""
    np = pytest.importorskip("numpy")
    with pytest.raises(FileError, match="no sound"):
        to_file((rate, np.zeros(shape, kind)))
