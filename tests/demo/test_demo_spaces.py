"""The two Spaces on the wire: exactly what the real ones look like."""

import io
import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("gradio", reason="needs anyspace[demo]")

from PIL import Image

from anyspace.demo import DEMOS, NOTICE, launch_all

pytestmark = pytest.mark.servers

STYLES = ["2560 x 1440", "Photo", "Cinematic", "Anime", "3D Model", "(No style)"]

# name, label, default, and the least, most and step of a slider
INFER = [
    ("prompt", "Prompt", None, None),
    ("seed", "Seed", 0, (0, 2147483647, 1)),
    ("randomize_seed", "Randomize seed", True, None),
    ("width", "Width", 1024, (256, 2048, 32)),
    ("height", "Height", 1024, (256, 2048, 32)),
    ("num_inference_steps", "Number of inference steps", 4, (1, 50, 1)),
]
RUN = [
    ("prompt", "Prompt", None, None),
    ("negative_prompt", "Negative prompt", "(deformed", None),
    ("use_negative_prompt", "Use negative prompt", True, None),
    ("style", "Image Style", "2560 x 1440", None),
    ("seed", "Seed", 0, (0, 2147483647, 1)),
    ("width", "Width", 1024, (512, 2048, 8)),
    ("height", "Height", 1024, (512, 2048, 8)),
    ("guidance_scale", "Guidance Scale", 6, (0.1, 20, 0.1)),
    ("randomize_seed", "Randomize seed", True, None),
]
EXPECTED = {"flux": INFER, "midjourney": RUN}
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url, data=None):
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with OPENER.open(request, timeout=60) as answer:
        return answer.read()


def messages(url, fn_index, data, session):
    """Call a function as the page does: join the queue, read the stream."""
    call = {"data": data, "fn_index": fn_index, "session_hash": session}
    get(f"{url}/gradio_api/queue/join", call)
    stream = get(f"{url}/gradio_api/queue/data?session_hash={session}")
    lines = (line for line in stream.splitlines() if line.startswith(b"data:"))
    return [json.loads(line.removeprefix(b"data:")) for line in lines]


def result(url, fn_index, data, session):
    last = next(m for m in messages(url, fn_index, data, session) if "output" in m)
    assert last["success"], last
    return last["output"]["data"]


@pytest.fixture(scope="module")
def spaces():
    with launch_all(pace=0) as running:
        yield running


@pytest.fixture(params=[*DEMOS])
def space(request, spaces):
    return spaces[request.param]


def described(space):
    info = json.loads(get(f"{space.url}/gradio_api/info"))
    return info["named_endpoints"][space.facts.endpoint]


def function(space):
    """Return the endpoint's row in /config and its components by id."""
    config = json.loads(get(f"{space.url}/config"))
    row = next(d for d in config["dependencies"] if f"/{d['api_name']}" == space.facts.endpoint)
    return row, {component["id"]: component for component in config["components"]}


def test_parameters_have_the_names_labels_and_order_of_the_real_space(space):
    """Observed: the names that scripts for the real Spaces use."""
    got = [(p["parameter_name"], p["label"]) for p in described(space)["parameters"]]

    assert got == [(name, label) for name, label, _, _ in EXPECTED[space.name]]


def test_everything_but_the_prompt_has_the_default_of_the_real_space(space):
    """Observed; the words of the negative prompt's default are ours."""
    for parameter, (_, _, default, _) in zip(
        described(space)["parameters"], EXPECTED[space.name], strict=True
    ):
        assert parameter["parameter_has_default"] is (default is not None)
        if isinstance(default, str):
            assert parameter["parameter_default"].startswith(default)
        else:
            assert parameter["parameter_default"] == default


def test_ranges_are_those_of_the_real_space(space):
    """Observed; /info does not give them as numbers, /config does."""
    row, components = function(space)
    got = []
    for number in row["inputs"]:
        props = components[number]["props"]
        slider = components[number]["type"] == "slider"
        got.append((props["minimum"], props["maximum"], props["step"]) if slider else None)

    assert got == [limits for _, _, _, limits in EXPECTED[space.name]]


def test_the_function_has_the_number_of_the_real_one(space):
    """Observed: `fn_index` 2 and 3 when the real pages were read."""
    row, _ = function(space)

    assert row["id"] == space.facts.fn_index


def test_styles_are_a_radio_with_an_odd_default(spaces):
    """Observed: the real Space's choices, as scripts that call it list them."""
    style = described(spaces["midjourney"])["parameters"][3]

    assert style["component"] == "Radio"
    assert style["type"]["enum"] == STYLES


@pytest.mark.parametrize(("name", "component"), [("flux", "Image"), ("midjourney", "Gallery")])
def test_outputs_are_the_result_and_the_seed(spaces, name, component):
    """Observed: -> [Image, seed] and -> [Gallery, seed]."""
    returns = described(spaces[name])["returns"]

    assert [(r["label"], r["component"]) for r in returns] == [
        ("Result", component),
        ("Seed", "Slider"),
    ]


def test_the_pages_own_events_are_no_endpoints_save_one_left_public(spaces):
    """Ours, after real Spaces: one author forgot to hide the event of a checkbox."""
    named = {
        name: set(json.loads(get(f"{space.url}/gradio_api/info"))["named_endpoints"])
        for name, space in spaces.items()
    }

    assert named == {"flux": {"/infer"}, "midjourney": {"/run", "/lambda"}}


def test_the_page_says_openly_that_there_is_no_model(space):
    """Ours: nobody shall take these for the real Spaces."""
    page = get(f"{space.url}/config").decode()

    assert "There is no model behind it" in page
    assert space.facts.shaped_like in page
    assert NOTICE in space.describes


def test_flux_answers_with_one_picture_at_the_asked_for_size(spaces):
    """Observed: the picture is data[0].url."""
    data = result(spaces["flux"].url, 2, ["a red fox in snow", 7, False, 320, 256, 1], "one")

    with Image.open(io.BytesIO(get(data[0]["url"]))) as picture:
        assert picture.size == (320, 256)
    assert data[1] == 7


def test_midjourney_answers_with_two_different_pictures(spaces):
    """Observed: two pictures a run, the first at data[0][0].image.url."""
    arguments = ["a ship on the sea", "", True, "Anime", 7, 512, 520, 6, False]
    data = result(spaces["midjourney"].url, 3, arguments, "two")

    files = [get(item["image"]["url"]) for item in data[0]]
    with Image.open(io.BytesIO(files[0])) as picture:
        assert picture.size == (512, 520)
    assert len(set(files)) == 2
    assert data[1] == 7


def test_a_given_seed_repeats_the_picture_and_a_random_one_does_not(spaces):
    """Observed: the real Space's `randomize_seed`; the seed used is the second output."""

    def paint(session, randomize):
        data = result(spaces["flux"].url, 2, ["hills", 5, randomize, 256, 256, 1], session)
        return get(data[0]["url"]), data[1]

    first, again, other = paint("s1", False), paint("s2", False), paint("s3", True)

    assert first == again
    assert other[1] != 5
    assert other[0] != first[0]


def test_progress_counts_the_steps(spaces):
    """Ours: a bar that moves, with a description and a unit."""
    seen = [
        message["progress_data"][0]
        for message in messages(spaces["flux"].url, 2, ["hills", 0, True, 256, 256, 3], "progress")
        if message["msg"] == "progress"
    ]

    # Gradio leaves a report out when the next one comes before it was sent.
    assert seen
    assert {(p["length"], p["unit"], p["desc"]) for p in seen} == {(3, "steps", "Painting")}


def test_both_work_at_the_same_time(spaces):
    """Ours: started side by side, used side by side."""
    calls = [
        (spaces["flux"].url, 2, ["a fox", 1, False, 256, 256, 1], "a"),
        (spaces["midjourney"].url, 3, ["a fox", "", True, "Photo", 1, 512, 512, 6, False], "b"),
    ]
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda call: result(*call), calls))

    assert [answer[1] for answer in answers] == [1, 1]
