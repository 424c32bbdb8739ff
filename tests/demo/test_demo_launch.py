"""The launcher: processes that start, answer and go away again."""

import socket
import subprocess
import sys

import pytest

from anyspace import _errors
from anyspace.demo import DEMOS, DemoSpace, launch, launch_all


def test_importing_the_demo_loads_neither_gradio_nor_what_it_paints_with():
    """Ours: heavy rooms load on first use."""
    code = (
        "import sys; import anyspace.demo;"
        "print(*sorted({'gradio', 'numpy', 'PIL'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == ""


def test_without_gradio_the_error_names_the_extra(monkeypatch):
    """Ours, for every optional dependency: the error names the extra to install."""
    monkeypatch.setattr("anyspace.demo._launch.find_spec", lambda name: None)

    with pytest.raises(_errors.UsageError, match=r"pip install 'anyspace\[demo\]'"), launch("flux"):
        pass


def test_an_unknown_demo_is_refused_with_the_names_there_are():
    """Ours: found before anything is started."""
    with pytest.raises(_errors.UsageError, match="flux, midjourney"), launch("dall-e"):
        pass


def test_a_port_in_use_is_refused():
    """Ours: whatever answers there would be taken for the demo."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        space = DemoSpace("flux", taken.getsockname()[1])
        with pytest.raises(_errors.UsageError, match="in use"):
            space.start()
        space.stop()


def test_a_process_that_ends_early_is_an_error_with_its_last_words(monkeypatch):
    """Ours: no waiting for something that has died already."""
    monkeypatch.setenv("ANYSPACE_DEMO_PACE", "slowly")
    space = DemoSpace("flux", port=1)
    space.start()
    try:
        with pytest.raises(_errors.SpaceUnavailable, match="invalid float value: 'slowly'"):
            space.wait(60)
    finally:
        space.stop()


def test_stopping_twice_or_before_the_start_is_harmless():
    """Ours: cleanup runs wherever a start went wrong."""
    space = DemoSpace("flux", port=1)

    space.stop()
    space.stop()


def test_the_facts_name_both_spaces():
    """Observed on the two real Spaces."""
    assert [(demo.shaped_like, demo.endpoint, demo.fn_index) for demo in DEMOS.values()] == [
        ("black-forest-labs/FLUX.1-schnell", "/infer", 2),
        ("mukaist/Midjourney", "/run", 3),
    ]


@pytest.mark.servers
def test_the_process_ends_with_the_block_and_leaves_no_file(tmp_path, monkeypatch):
    """Ours: a demonstration leaves nothing behind."""
    pytest.importorskip("gradio")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    with launch_all(["flux"], pace=0) as spaces:
        port = spaces["flux"].port
        assert [*tmp_path.iterdir()]

    assert [*tmp_path.iterdir()] == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
