"""``anyspace.toml``. The shapes and rules are ours; TOML's are toml.io's."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace import UsageError
from anyspace.settings import (
    NOTHING_SETTLED,
    Settled,
    find_settings,
    load_settings,
    read_document,
    save_recipe,
)

TASK = "text-to-image"
WRITTEN = """\
# Spaces we use
[recipes."ada/paint".text-to-image]
endpoint = "/run"                      # not /infer, which is slow
parameters = { prompt = "text", seed = "number" }
arguments = { style = "Photo", steps = 8 }

[recipes."http://localhost:7860".text-to-image]
endpoint = "/draw"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with no settings above it."""
    monkeypatch.delenv("ANYSPACE_CONFIG", raising=False)
    (tmp_path / ".git").mkdir()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    return tmp_path


def refused(text, folder):
    path = folder / "anyspace.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_settings(path)
    return str(caught.value).replace(f"{path}:", "")


# --- finding ----------------------------------------------------------------------------


def test_the_nearest_file_above_the_working_folder_is_found(folder):
    """As git and ruff find theirs."""
    assert find_settings() is None
    (folder / "anyspace.toml").write_text("")
    assert find_settings() == folder / "anyspace.toml"
    (folder / "deep" / "anyspace.toml").write_text("")
    assert find_settings() == folder / "deep" / "anyspace.toml"


def test_files_above_the_repository_are_not_ours(folder):
    """They belong to somebody else's project."""
    (folder / "deep" / ".git").mkdir()
    (folder / "anyspace.toml").write_text("")
    assert find_settings() is None


def test_the_environment_names_a_file_or_none(folder, monkeypatch):
    """An empty variable switches settings off."""
    (folder / "anyspace.toml").write_text("")
    (folder / "other.toml").write_text("")
    monkeypatch.setenv("ANYSPACE_CONFIG", str(folder / "other.toml"))
    assert find_settings() == folder / "other.toml"
    monkeypatch.setenv("ANYSPACE_CONFIG", "")
    assert find_settings() is None
    monkeypatch.setenv("ANYSPACE_CONFIG", "gone.toml")
    with pytest.raises(UsageError, match=r"no settings file gone\.toml \(\$ANYSPACE_CONFIG\)"):
        find_settings()
    with pytest.raises(UsageError, match=r"no settings file nowhere\.toml$"):
        find_settings("nowhere.toml")


# --- reading ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "ada/paint",
        "Ada/Paint",
        "https://huggingface.co/spaces/ada/paint?logs=run",
        "spaces/ada/paint",
    ],
)
def test_a_space_is_found_by_any_of_its_names(folder, name):
    """What is settled for a page is settled for its id."""
    (folder / "anyspace.toml").write_text(WRITTEN)
    settled = load_settings().settled(TASK, name)
    assert settled.endpoint == "/run"
    assert settled.parameters == {"prompt": "text", "seed": "number"}
    assert settled.arguments == {"style": "Photo", "steps": 8}


def test_the_first_name_that_is_known_counts(folder):
    """A client knows several: what the user wrote, the address, what the app says."""
    (folder / "anyspace.toml").write_text(WRITTEN)
    settings = load_settings()
    assert settings.settled(TASK, "", "bob/x", "http://localhost:7860/").endpoint == "/draw"
    assert settings.settled(TASK, "not an address", "") is NOTHING_SETTLED
    assert settings.settled("translation", "ada/paint") is NOTHING_SETTLED


def test_without_a_file_nothing_is_settled(folder):
    """And nothing is wrong."""
    settings = load_settings()
    assert settings.settled(TASK, "ada/paint") is NOTHING_SETTLED
    assert settings.table("models") == {}


def test_a_changed_file_is_read_again(folder):
    """A notebook need not be restarted."""
    path = folder / "anyspace.toml"
    path.write_text(WRITTEN)
    assert load_settings() is load_settings()
    path.write_text(WRITTEN.replace("/run", "/quick"))
    assert load_settings().settled(TASK, "ada/paint").endpoint == "/quick"


def test_tables_of_other_rooms_are_handed_on(folder):
    """The gateway's models stand in the same file."""
    (folder / "anyspace.toml").write_text('[models.flux]\nsrc = "a/b"\n')
    assert load_settings().table("models") == {"flux": {"src": "a/b"}}
    (folder / "anyspace.toml").write_text("models = 3\n")
    with pytest.raises(UsageError, match=r":1: models: it is a table"):
        load_settings().table("models")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("recipe = 1", "1: recipe: no such table; did you mean recipes?"),
        ("recipes = 1", '1: recipes: it is a table: [recipes."owner/name".TASK]'),
        ("\n[recipes]\n'x y' = {}", "3: recipes.x y: 'x y' is neither a Space"),
        ('[recipes]\n"a/b" = 1', "2: recipes.a/b: it is a table with one table for each task"),
        (
            '[recipes."a/b"]\ntext-to-imag = {}',
            "2: recipes.a/b.text-to-imag: no such task; did you",
        ),
        ('[recipes."a/b"]\ntext-to-image = 1', "2: recipes.a/b.text-to-image: it is a table: end"),
        (
            '[recipes."a/b".text-to-image]\n# here\nendpont = "/x"',
            "3: recipes.a/b.text-to-image.endpont: no such key; did you mean endpoint?",
        ),
        ('[recipes."a/b".text-to-image]\nendpoint = 1', "endpoint: it is a text, not 1"),
        ('[recipes."a/b".text-to-image]\nparameters = 1', "parameters: it is a table, not 1"),
        (
            '[recipes."a/b".text-to-image.parameters]\nprmpt = "x"',
            "2: recipes.a/b.text-to-image.parameters.prmpt: no such field; did you mean prompt?",
        ),
        (
            '[recipes."a/b".text-to-image.parameters]\nprompt = 1',
            "parameters.prompt: it is a parameter's name, not 1",
        ),
        ("a = ", "Invalid value"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(folder, text, told):
    """And with the nearest name."""
    assert told in refused(text, folder)


def test_every_problem_is_told_at_once(folder):
    """Nobody likes to mend a file one line at a time."""
    told = refused('recipe = 1\n[recipes."a/b".text-to-image]\nendpoint = 1\nx = 1', folder)
    assert len(told.splitlines()) == 3


def test_a_file_that_cannot_be_read_is_told(folder):
    """Neither a folder nor another encoding is a settings file."""
    with pytest.raises(UsageError, match="cannot read"):
        read_document(folder)
    (folder / "latin").write_bytes(b"# caf\xe9")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_document(folder / "latin")


def test_lines_are_found_through_quotes_comments_and_arrays(folder):
    """Keys with dots and equals signs, dotted keys, arrays of tables."""
    (folder / "x.toml").write_text(
        '# [a]\n"a=b".c = 1\n[[models]]\nname = "x"\n[recipes."o/n" . t]\n\'k\' = """\nk = 2"""\n'
    )
    document = read_document(folder / "x.toml")
    assert document.line_of(("a=b", "c")) == 2
    assert document.line_of(("models", "name")) == 4
    assert document.line_of(("recipes", "o/n", "t", "k")) == 6
    assert document.line_of(("recipes", "o/n", "t", "gone")) == 5
    assert document.line_of(("gone",)) == 1


# --- what the caller says counts more -----------------------------------------------------


def test_what_the_caller_says_counts_more():
    """Field by field; None is nothing said."""
    settled = Settled("/run", {"prompt": "text"}, {"steps": 8, "style": "Photo"})
    stated = settled.with_stated("run", {"seed": "n"}, {"steps": 4, "style": None})
    assert stated == Settled("run", {"prompt": "text", "seed": "n"}, {"steps": 4, "style": "Photo"})
    assert settled.with_stated(None) == settled


def test_what_is_settled_for_one_endpoint_says_nothing_of_another():
    """Its parameters have other names."""
    settled = Settled("/run", {"prompt": "text"}, {"steps": 8})
    assert settled.with_stated("/other", None, {"x": 1}) == Settled("/other", {}, {"x": 1})
    assert Settled(None, {"prompt": "p"}).with_stated("/other").parameters == {"prompt": "p"}


# --- saving -----------------------------------------------------------------------------


def test_saving_leaves_everything_else_as_it_is(folder):
    """Comments, order, blank lines; and the same Space by another name is the same Space."""
    path = folder / "anyspace.toml"
    path.write_text(WRITTEN + "\n[serve]\nport = 8000  # ours\n")
    page = "https://huggingface.co/spaces/ada/paint"
    save_recipe(path, page, TASK, Settled("/new", {"prompt": "words"}))
    text = path.read_text()
    assert text.startswith("# Spaces we use\n")
    assert "port = 8000  # ours" in text
    assert text.count("ada/paint") == 1
    settings = load_settings(path)
    assert settings.settled(TASK, "ada/paint") == Settled("/new", {"prompt": "words"})
    assert settings.settled(TASK, "localhost:7860").endpoint == "/draw"


def test_a_new_file_is_made_with_what_people_would_write(folder):
    """To be read and changed by hand."""
    path = folder / "new" / "anyspace.toml"
    save_recipe(path, "ada/paint", TASK, Settled("/run", {"prompt": "text"}, {"steps": 8}))
    save_recipe(path, "ada/paint", "translation", Settled("/translate"))
    assert path.read_text() == (
        '[recipes."ada/paint".text-to-image]\n'
        'endpoint = "/run"\n'
        'parameters = {prompt = "text"}\n'
        "arguments = {steps = 8}\n\n"
        '[recipes."ada/paint".translation]\n'
        'endpoint = "/translate"\n'
    )


@pytest.mark.parametrize(
    ("source", "task", "settled", "told"),
    [
        ("no space", TASK, Settled("/x"), "neither a Space"),
        ("a/b", "painting", Settled("/x"), "no such task"),
        ("a/b", TASK, Settled("/x", {"brush": "x"}), "no such field"),
        ("a/b", TASK, Settled("/x", {}, {"x": object()}), "cannot be written as TOML"),
    ],
)
def test_what_is_wrong_is_not_saved(folder, source, task, settled, told):
    """The file stays as it was."""
    path = folder / "anyspace.toml"
    path.write_text(WRITTEN)
    with pytest.raises(UsageError, match=told):
        save_recipe(path, source, task, settled)
    assert path.read_text() == WRITTEN
    assert [p.name for p in folder.iterdir() if p.name.startswith(".any")] == []


def test_a_place_that_cannot_be_written_is_told(folder):
    """With the reason."""
    (folder / "a file").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        save_recipe(folder / "a file" / "anyspace.toml", "a/b", TASK, Settled("/x"))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
values = st.recursive(
    texts | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


@given(
    texts.filter(bool),
    st.dictionaries(st.sampled_from(["prompt", "seed", "width"]), texts.filter(bool), max_size=3),
    st.dictionaries(texts, values, max_size=3),
)
def test_what_is_saved_is_read_again(tmp_path_factory, endpoint, parameters, arguments):
    """Whatever parameters are called and whatever they are sent."""
    path = tmp_path_factory.mktemp("settings") / "anyspace.toml"
    path.write_text(WRITTEN)
    settled = Settled(endpoint, parameters, arguments)
    save_recipe(path, "bob/draw", TASK, settled)
    assert load_settings(path).settled(TASK, "bob/draw") == settled
    assert tomllib.loads(path.read_text())["recipes"]["ada/paint"]
