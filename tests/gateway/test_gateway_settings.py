"""The gateway's tables of ``anyspace.toml``: read, checked, and named with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from anyspace import UsageError
from anyspace.gateway import read_settings
from anyspace.gateway._tables import SpaceTable

WHOLE = """\
[serve]
host = "0.0.0.0"
port = 9000
workers = 2
public_url = "https://ai.example"
any_space = true
grace = 5
log = "json"
metrics = false

[models.flux]
space = "black-forest-labs/FLUX.1-schnell"
aliases = ["dall-e-3"]
description = "Quick pictures."
arguments = { num_inference_steps = 4 }

[models.any]
spaces = ["ada/one", { space = "ada/two", weight = 2, concurrency = 3, token_env = "TWO" }]
task = "text-to-image"
endpoint = "/run"
parameters = { prompt = "text" }
order = "soonest"
concurrency = 8
timeout = 60
idle_timeout = 30
wait = 0

[keys.alice]
hash = "sha256:{hash}"
models = ["flux"]
rate = 60
concurrency = 4

[limits]
body_mb = 8
jobs = 10
images = 4
spaces = 5
stall = 20

[storage]
folder = "/var/lib/anyspace"
max_age_hours = 1
max_size_mb = 100
cache = true

[cors]
origins = ["https://notes.example"]
""".replace("{hash}", "0" * 64)


@pytest.fixture
def written(tmp_path):
    """Write a file of settings."""

    def write(text: str) -> Path:
        path = tmp_path / "anyspace.toml"
        path.write_text(text)
        return path

    return write


def test_every_table_is_read(written):
    """All there is, each key with a value of its own."""
    path = written(WHOLE)
    settings = read_settings(path)
    assert settings.file.document.path == path
    serve = settings.serve
    assert (serve.host, serve.port, serve.workers, serve.any_space) == ("0.0.0.0", 9000, 2, True)
    assert (serve.public_url, serve.grace) == ("https://ai.example", 5)
    assert (serve.log, serve.metrics) == ("json", False)
    flux, pool = settings.models["flux"], settings.models["any"]
    assert flux.members == (SpaceTable(space="black-forest-labs/FLUX.1-schnell"),)
    assert (flux.aliases, flux.arguments) == (("dall-e-3",), {"num_inference_steps": 4})
    two = SpaceTable(space="ada/two", weight=2, concurrency=3, token_env="TWO")
    assert pool.members == (SpaceTable(space="ada/one"), two)
    assert (pool.endpoint, pool.parameters, pool.order) == ("/run", {"prompt": "text"}, "soonest")
    assert (pool.concurrency, pool.timeout, pool.idle_timeout, pool.wait) == (8, 60, 30, 0)
    key = settings.keys["alice"]
    assert (key.models, key.rate, key.concurrency) == (("flux",), 60, 4)
    limits = settings.limits
    assert (limits.body_mb, limits.jobs, limits.images) == (8, 10, 4)
    assert (limits.spaces, limits.stall) == (5, 20)
    storage = settings.storage
    assert (storage.folder, storage.cache) == ("/var/lib/anyspace", True)
    assert (storage.max_age_hours, storage.max_size_mb) == (1, 100)
    assert settings.cors.origins == ("https://notes.example",)


def test_without_a_file_everything_has_a_default():
    """Ours."""
    settings = read_settings()
    assert (settings.file.document, settings.models, settings.keys) == (None, {}, {})
    assert (settings.serve.host, settings.serve.port, settings.limits.jobs) == (
        "127.0.0.1",
        8000,
        1000,
    )


def test_the_command_line_wins_over_the_file(written):
    """Ours; None is nothing said."""
    path = written('[serve]\nport = 9000\ngrace = 5\n[models.a]\nspace = "ada/one"\n')
    settings = read_settings(path, models={"a": "bob/two", "b": "c/d"}, port=1, grace=None)
    assert (settings.serve.port, settings.serve.grace) == (1, 5)
    assert {name: model.space for name, model in settings.models.items()} == {
        "a": "bob/two",
        "b": "c/d",
    }


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[serv]\n", 1, "serv: no such table; did you mean serve?"),
        ("[serve]\n\nprot = 1\n", 3, "serve.prot: no such key; did you mean port?"),
        ('[serve]\nport = "x"\n', 2, "serve.port: expected `int`, got `str`"),
        ("[serve]\nport = 70000\n", 2, "serve.port: expected `int` <= 65535"),
        ("[serve]\ngrace = 0\n", 2, "serve.grace: expected `float` > 0"),
        ('[serve]\nlog = "xml"\n', 2, "serve.log: invalid enum value 'xml'"),
        ('[serve]\npublic_url = "ai.example"\n', 2, "serve.public_url: it begins with https://"),
        ("serve = 1\n", 1, "serve: it is a table"),
        ("[models.a]\n", 1, "models.a: say which Space does it"),
        ('[models."a b"]\nspace = "a/b"\n', 1, "a model's name is letters"),
        ('[models.a]\nspace = "ftp://x"\n', 2, "models.a.space: "),
        ('[models.a]\nspaces = ["a/b", "a/b"]\n', 2, "models.a.spaces: a/b is there twice"),
        ('[models.a]\nspaces = [{ spce = "a/b" }]\n', 2, "models.a.spaces"),
        ('[models.a]\nspace = "a/b"\ntask = "text-to-imag"\n', 3, "did you mean text-to-image?"),
        ('[models.a]\nspace = "a/b"\nparameters = {}\nconcurrency = 0\n', 4, ">= 1"),
        ('[models.a]\nspace = "a/b"\nparameters = { prompt = "x" }\n', 3, "belong to a task"),
        (
            '[models.a]\nspace = "a/b"\ntask = "text-to-image"\nparameters = { promt = "x" }\n',
            4,
            "no such field; did you mean prompt?",
        ),
        ('[models.a]\nspace = "a/b"\norder = "first"\n', 3, "models.a.order: invalid enum value"),
        (
            '[models.a]\nspace = "a/b"\n[models.b]\nspace = "c/d"\naliases = ["a"]\n',
            5,
            "models.b.aliases: 'a' is a's name",
        ),
        ('[keys.a]\nhash = "secret"\n', 2, "keys.a.hash: "),
        (f'[keys.a]\nhash = "sha256:{"0" * 64}"\nmodels = ["x"]\n', 3, "no model 'x'"),
        (f'[keys.a]\nhash = "sha256:{"0" * 64}"\nrate = 0\n', 3, "keys.a.rate: "),
        ("[limits]\njobs = 0\n", 2, "limits.jobs: expected `int` >= 1"),
        ("[limits]\nstall = -1\n", 2, "limits.stall: "),
        ("[storage]\ncache = 1\n", 2, "storage.cache: expected `bool`, got `int`"),
        ('[cors]\norigins = "x"\n', 2, "cors.origins: expected `array`, got `str`"),
        ('[recipes."a/b".nothing]\n', 1, "no such task"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(written, text, line, words):
    """Ours: an editor can jump to it."""
    path = written(text)
    with pytest.raises(UsageError) as refused:
        read_settings(path)
    told = str(refused.value)
    assert told.startswith(f"{path}:{line}: ")
    assert words in told


def test_every_problem_is_told_at_once(written):
    """Ours: nobody mends a file one start at a time."""
    path = written("[serve]\nport = -1\n[models.a]\n[limits]\njob = 1\n")
    with pytest.raises(UsageError) as refused:
        read_settings(path)
    lines = str(refused.value).splitlines()
    assert [line.partition(": ")[0] for line in lines] == [f"{path}:{n}" for n in (2, 5, 3)]


def test_a_model_of_the_command_line_is_checked_too():
    """Ours."""
    with pytest.raises(UsageError, match="--model a b=x"):
        read_settings(models={"a b": "x"})


def test_others_may_reach_it_only_with_keys(written):
    """Ours: an open port would give everybody the owner's Spaces and quota."""
    path = written('[serve]\nhost = "0.0.0.0"\n')
    with pytest.raises(UsageError, match="anyspace key new NAME"):
        read_settings(path)
    key = f'[keys.a]\nhash = "sha256:{"0" * 64}"\n'
    assert read_settings(written('[serve]\nhost = "0.0.0.0"\n' + key)).keys


def test_a_key_may_be_for_a_model_of_the_command_line(written):
    """Ours."""
    path = written(f'[keys.a]\nhash = "sha256:{"0" * 64}"\nmodels = ["flux"]\n')
    assert read_settings(path, models={"flux": "a/b"}).keys["a"].models == ("flux",)
