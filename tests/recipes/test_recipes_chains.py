"""Work that takes several calls in one session, and what joins them."""

from __future__ import annotations

import pytest

from anyspace import recipes
from anyspace._errors import ArgumentError
from anyspace.recipes import Flow
from anyspace.schema import Visibility
from tests.recipes.apps import (
    RUN,
    Picture,
    app,
    endpoint,
    gives,
    image,
    number,
    slider,
    switch,
    text,
    widget,
)

CAT, CUT, GRID = (Picture(name) for name in ("cat.png", "cut.png", "grid.png"))
SOLID = Picture("a.glb", "model/gltf-binary")
THEN = (("app", "", "then"),)
UPLOAD, CUTOUT, VIEWS, MESH, CHAT, BOX, STATE, OTHER = range(1, 9)


def out(component, label, number):
    made = gives(component, label)
    return type(made)(
        label=label, component=component, json_type={}, gives_file=made.gives_file, widget=number
    )


def mesher(*more):
    """A page whose one button runs four steps, the last of which makes the solid."""
    steps = [
        endpoint("/check_input_image", [image("input_image", "Input", widget=UPLOAD)], []),
        endpoint(
            "/preprocess",
            [
                image("input_image", "Input Image", widget=UPLOAD),
                switch("do_remove_background", "Remove Background", True),
            ],
            [out("image", "Processed Image", CUTOUT)],
            fn_index=1,
            after=0,
            triggers=THEN,
        ),
        endpoint(
            "/generate_mvs",
            [
                image("input_image", "Processed Image", widget=CUTOUT),
                slider("sample_steps", "Sample Steps", 30, 75, 5, 75),
                number("sample_seed", "Seed value", 42),
            ],
            [out("image", "Views", VIEWS)],
            fn_index=2,
            after=1,
            triggers=THEN,
            writes=(STATE,),
        ),
        endpoint(
            "/make3d",
            [],
            [out("model3d", "OBJ", MESH), out("model3d", "GLB", OTHER)],
            fn_index=3,
            after=2,
            triggers=THEN,
            reads=(STATE,),
        ),
    ]
    return app(*steps, *more)


def test_a_solid_is_made_over_the_steps_that_the_page_takes():
    """Observed: pages that make views of a picture first, and keep them in the session."""
    binding = recipes.bind(mesher(), "image-to-3d")
    prepare, views, make = binding.chain

    assert [step.endpoint.name for step in binding.chain] == [
        "/preprocess",
        "/generate_mvs",
        "/make3d",
    ]
    assert binding.endpoint is make.endpoint
    assert (binding.output.index, binding.bound) == (1, ())
    assert [b.field for b in prepare.bound] == ["image", "remove_background"]
    assert [b.field for b in views.bound] == ["num_inference_steps", "seed"]
    assert views.flows == (Flow(0, 0, "input_image"),)
    assert (prepare.session, views.session, make.session) == (False, False, True)
    assert binding.find("image") == prepare.bound[0]
    assert binding.score >= 0.5


def test_each_step_is_sent_what_is_its_own():
    """Ours: the caller says everything once, and hands on what the steps returned."""
    binding = recipes.bind(mesher(), "image-to-3d")
    values = {"image": CAT, "seed": 7}

    assert binding.step_arguments(0, values).kwargs == {"input_image": CAT}
    assert binding.step_arguments(1, values, [[CUT]]).kwargs == {
        "input_image": CUT,
        "sample_seed": 7,
    }
    assert binding.step_arguments(2, values, [[CUT], [GRID]]).kwargs == {}
    assert binding.read([None, SOLID]).files == (SOLID,)


def test_a_parameter_named_outright_goes_to_the_step_that_has_it():
    """Ours: the caller need not know which call of several takes what."""
    binding = recipes.bind(mesher(), "image-to-3d")
    values = {"image": CAT, "do_remove_background": False, "sample_steps": 30}

    assert binding.step_arguments(0, values).kwargs == {
        "input_image": CAT,
        "do_remove_background": False,
    }
    assert binding.step_arguments(1, values, [[CUT]]).kwargs["sample_steps"] == 30
    assert binding.step_arguments(2, values, [[CUT], [GRID]]).kwargs == {}
    with pytest.raises(ArgumentError, match="sampel_steps: no such field"):
        binding.step_arguments(1, {"image": CAT, "sampel_steps": 3}, [[CUT]])


def test_a_chain_explains_itself():
    """Ours: which step takes what, and what is handed on."""
    lines = recipes.bind(mesher(), "image-to-3d").explain().splitlines()

    assert "  step 1: /preprocess" in lines
    assert "  input_image ← output 0 of step 1" in lines
    assert any(line.startswith("  image → input_image") for line in lines)
    assert any("/preprocess → /generate_mvs → /make3d" in line for line in lines)


def test_a_step_that_the_page_leaves_to_a_second_button_is_found_by_what_it_keeps():
    """Observed: one button makes the solid, another exports it from the session."""
    make = endpoint(
        "/image_to_3d",
        [image("image", "Image Prompt", widget=UPLOAD), number("seed", "Seed", 0)],
        [out("video", "Preview", VIEWS)],
        writes=(STATE,),
    )
    forget = endpoint("/reset", [text("x", widget=BOX)], [], fn_index=1, writes=(STATE,))
    example = endpoint("/example", [widget("e", "", "dataset")], [], fn_index=2, writes=(STATE,))
    export = endpoint(
        "/extract_glb",
        [slider("texture_size", "Texture Size", 512, 2048, 512, 1024)],
        [out("model3d", "GLB", MESH)],
        fn_index=3,
        reads=(STATE,),
    )
    binding = recipes.bind(app(make, forget, example, export), "image-to-3d")

    assert [step.endpoint.name for step in binding.chain] == ["/image_to_3d", "/extract_glb"]


def test_a_step_that_makes_a_picture_for_the_next_is_found_by_its_widget():
    """Observed: a picture is cut out by one button and used by another."""
    cut = endpoint(
        "/cut",
        [image("photo", "Photo", widget=UPLOAD)],
        [out("gallery", "Parts", CUTOUT)],
        triggers=(("image", "Photo", "select"), ("image", "Photo", "upload")),
    )
    solid = endpoint(
        "/solid",
        [widget("parts", "Mask parts", "gallery", {}, takes_file=True, widget=CUTOUT)],
        [out("model3d", "Mesh", MESH)],
        fn_index=1,
    )
    binding = recipes.bind(app(solid, cut), "image-to-3d")

    assert [step.endpoint.name for step in binding.chain] == ["/cut", "/solid"]
    assert binding.chain[1].flows == (Flow(0, 0, "parts"),)


def test_without_a_step_that_takes_what_is_needed_there_is_no_chain():
    """Ours: the walk back ends where nothing prepares anything."""
    alone = endpoint("/make3d", [], [out("model3d", "GLB", MESH)], reads=(STATE,))
    shy = endpoint(
        "/shy", [], [], fn_index=1, writes=(STATE,), triggers=(("gallery", "", "select"),)
    )

    assert recipes.rank(app(alone, shy), "image-to-3d") == []


def test_a_page_that_follows_itself_ends_the_walk():
    """Ours: what an app says is untrusted."""
    loop = endpoint("/make3d", [], [out("model3d", "GLB", MESH)], after=0, reads=(STATE,))

    assert recipes.rank(app(loop), "image-to-3d") == []


def test_long_chains_are_cut():
    """Ours: nobody wires more steps before one result than four."""
    steps = [
        endpoint(
            f"/step{i}",
            [image("photo", "Photo")] if i == 1 else [],
            [],
            fn_index=i,
            after=i - 1,
            triggers=THEN,
            reads=(i,),
            writes=(i + 1,),
        )
        for i in range(1, 9)
    ]
    last = endpoint(
        "/make3d",
        [],
        [out("model3d", "GLB", MESH)],
        fn_index=9,
        after=8,
        triggers=THEN,
        reads=(9,),
    )

    assert recipes.rank(app(*steps, last), "image-to-3d") == []


def test_the_same_name_in_two_steps_is_no_quarrel():
    """Observed: every step calls its picture input_image."""
    first = endpoint("/prepare", [image("x", "Photo", widget=UPLOAD)], [], writes=(STATE,))
    last = endpoint(
        "/make3d",
        [number("x", "Seed", 0), number("y", "Photo", 0, widget=UPLOAD)],
        [out("model3d", "GLB", MESH)],
        fn_index=1,
        after=0,
        reads=(STATE,),
    )
    binding = recipes.bind(app(first, last), "image-to-3d")

    assert [b.parameter for b in binding.chain[0].bound] == ["x"]
    assert [b.parameter for b in binding.chain[1].bound] == ["x"]
    assert binding.find("seed").position == 0


def test_what_fills_a_session_is_named_where_only_some_settings_need_it():
    """Observed: a gallery of styles that the page keeps in its state."""
    add = endpoint("/add_style", [text("style", "Custom style", widget=BOX)], [], writes=(STATE,))
    drop = endpoint("/remove_style", [text("style")], [], fn_index=1, writes=(STATE,))
    run = endpoint(
        "/run",
        [text("prompt", "Prompt", widget=OTHER)],
        [gives("image", "Result")],
        fn_index=2,
        reads=(STATE,),
    )
    binding = recipes.bind(app(add, drop, run), "text-to-image")

    assert [(s.endpoint.name, s.needed) for s in binding.chain] == [
        ("/add_style", False),
        ("/run", True),
    ]
    assert binding.bound == binding.chain[1].bound
    assert "it reads what /add_style leaves in the session" in binding.warnings
    assert "  step 1: /add_style, where the app asks for it" in binding.explain()


def test_the_endpoint_that_finishes_a_result_goes_before_the_one_that_begins_it():
    """Observed: the message joins the chat in one step, the answer in the next."""
    chat = widget("history", "Chatbot", "chatbot", PAIRS, [], widget=CHAT)
    user = endpoint(
        "/user",
        [text("message", "Message", widget=BOX), chat],
        [out("textbox", "Message", BOX), out("chatbot", "Chatbot", CHAT)],
        triggers=(("textbox", "Message", "submit"),),
    )
    pause = endpoint("/pause", [], [], fn_index=1, after=0, triggers=THEN)
    bot = endpoint(
        "/bot", [chat], [out("chatbot", "Chatbot", CHAT)], fn_index=2, after=1, triggers=THEN
    )
    binding = recipes.bind(app(user, pause, bot), "chat-completion")

    assert binding.endpoint.name == "/bot"
    assert [step.endpoint.name for step in binding.chain] == ["/user", "/bot"]
    first = recipes.bind(app(user, pause, bot), "chat-completion", endpoint="/user")
    assert "/bot goes on with its result" in first.reasons


PAIRS = {"type": "array", "items": {"type": "array"}}


def talk(*asked, shown=CHAT, **more):
    """A page of two steps: one adds what was asked to the chat, the next one answers."""
    chat = widget("history", "Chatbot", "chatbot", PAIRS, [], widget=CHAT)
    add = endpoint("/add", [chat, *asked], [out("chatbot", "Chatbot", shown)], writes=(STATE,))
    more = {"after": 0, "triggers": THEN, **more}
    return app(add, endpoint("/bot", [chat], [out("chatbot", "Chatbot", CHAT)], fn_index=1, **more))


def test_a_message_joins_the_conversation_by_the_pages_own_step():
    """Observed: how a turn is written into the chat is the affair of the app's first step."""
    made = talk(text("message", "Message", widget=BOX))
    binding = recipes.bind(made, "chat-completion")
    values = {"message": "And?", "history": [{"role": "user", "content": "Hi"}]}

    assert [step.endpoint.name for step in binding.chain] == ["/add", "/bot"]
    assert binding.step_arguments(0, values).kwargs == {
        "history": [["Hi", None]],
        "message": "And?",
    }
    handed = [["Hi", None], ["**And?**", None]]
    assert binding.step_arguments(1, values, [[handed]]).kwargs == {"history": handed}
    assert binding.fields_at_endpoint == {"history": 0}
    assert binding.score == recipes.bind(talk(), "chat-completion").score
    kept = talk(text("message", "Message", widget=BOX), after=None, triggers=RUN, reads=(STATE,))
    assert len(recipes.bind(kept, "chat-completion", endpoint="/bot").chain) == 2


@pytest.mark.parametrize(
    "made",
    [
        talk(widget("voice", "Voice", "audio", {}, takes_file=True, widget=BOX)),  # no words
        talk(text("message", "Message", widget=BOX), after=None, triggers=RUN),  # no order
        talk(text("message", "Message", widget=BOX), after=7),  # of something not told
        talk(text("message", "Message", widget=BOX), shown=VIEWS, reads=(STATE,)),  # elsewhere
    ],
)
def test_a_message_joins_the_conversation_by_itself_where_no_step_takes_it(made):
    """Ours: then the conversation that is sent ends with it."""
    binding = recipes.bind(made, "chat-completion", endpoint="/bot")

    assert not [step for step in binding.chain if step.bound and step.endpoint.name != "/bot"]
    assert binding.arguments({"message": "And?"}).kwargs == {"history": [["And?", None]]}


def test_a_picture_that_is_uploaded_first_is_talked_about_in_three_steps():
    """Observed: upload and start, then ask, then the answer; a state keeps what was seen."""
    chat = widget("chatbot", "Chat", "chatbot", PAIRS, [], widget=CHAT)
    shown = [out("chatbot", "Chat", CHAT)]
    start = endpoint(
        "/upload_img",
        [image("gr_img", "Image", widget=UPLOAD)],
        [],
        writes=(STATE,),
        triggers=(("button", "Upload & Start Chat", "click"),),
    )
    ask = endpoint(
        "/gradio_ask",
        [text("user_message", "User", widget=BOX), chat],
        [out("textbox", "User", BOX), *shown],
        fn_index=1,
        reads=(STATE,),
        writes=(STATE,),
    )
    answer = endpoint(
        "/gradio_answer",
        [chat, slider("temperature", "Temperature", 0.1, 2, 0.1, 1)],
        shown,
        fn_index=2,
        after=1,
        triggers=THEN,
        reads=(STATE,),
        writes=(STATE,),
    )
    wipe = endpoint("/gradio_reset", [], shown, fn_index=3, reads=(STATE,), writes=(STATE,))
    page = app(start, ask, answer, wipe)
    binding = recipes.bind(page, "visual-question-answering")
    talk = recipes.bind(page, "chat-completion")

    assert [step.endpoint.name for step in binding.chain] == [
        "/upload_img",
        "/gradio_ask",
        "/gradio_answer",
    ]
    assert [[bound.field for bound in step.bound] for step in binding.chain] == [
        ["image"],
        ["question", "history"],
        ["temperature"],
    ]
    assert binding.chain[2].flows == (Flow(1, 1, "chatbot"),)
    assert [step.endpoint.name for step in talk.chain] == ["/gradio_ask", "/gradio_answer"]
    assert "left alone" not in talk.explain()


def test_a_picture_that_the_session_keeps_is_uploaded_before_it_is_edited():
    """Observed: the upload fills a state, and the button only takes the words."""
    keep = endpoint(
        "/on_upload",
        [image("img", "Image", widget=UPLOAD)],
        [out("image", "Preview", VIEWS)],
        writes=(STATE,),
        triggers=(("image", "Image", "upload"),),
    )
    edit = endpoint(
        "/edit",
        [text("prompt", "Edit prompt", widget=BOX)],
        [out("image", "Result", MESH)],
        fn_index=1,
        reads=(STATE,),
    )
    binding = recipes.bind(app(keep, edit), "image-to-image")

    assert [step.endpoint.name for step in binding.chain] == ["/on_upload", "/edit"]
    assert binding.step_arguments(0, {"image": CAT, "prompt": "a hat"}).kwargs == {"img": CAT}
    assert binding.step_arguments(1, {"image": CAT, "prompt": "a hat"}, [[CUT]]).kwargs == {
        "prompt": "a hat"
    }


def test_one_function_behind_two_widgets_goes_by_its_first_name():
    """Observed: Enter and a button run the same function; Gradio numbers the second."""
    ask, picture = [text("prompt", "Prompt")], [gives("image", "Result")]
    first = endpoint("/generate", ask, picture, triggers=(("textbox", "Prompt", "submit"),))
    second = endpoint("/generate_1", ask, picture, fn_index=1, triggers=RUN)
    ranked = recipes.rank(app(first, second), "text-to-image")

    assert [b.endpoint.name for b in ranked] == ["/generate", "/generate_1"]
    assert ranked[0].score == ranked[1].score


def test_of_equal_endpoints_the_one_that_offers_what_is_wanted_is_taken():
    """Observed: one tab speaks with ready voices, another clones a recording."""
    ready = endpoint(
        "/synthesize", [text("text", "Text"), text("voice", "Voice")], [gives("audio", "Speech")]
    )
    recording = widget(
        "voice", "Voice", "audio", {}, takes_file=True, file_types=("audio", "video")
    )
    clone = endpoint(
        "/clone", [text("text", "Text"), recording], [gives("audio", "Speech")], fn_index=1
    )
    made = app(ready, clone)

    assert recipes.bind(made, "text-to-speech").endpoint.name == "/synthesize"
    wanted = recipes.bind(made, "text-to-speech", wants=["text", "reference_audio"])
    assert wanted.endpoint.name == "/clone"
    assert [a.endpoint for a in wanted.alternatives] == ["/synthesize"]


def test_what_is_left_out_of_the_documentation_is_not_taken_for_offering_more():
    """Read from Gradio 4.44: behind a chat's /chat there is /_stream_fn, with the history.

    It is a step of the page, and takes the message from the session and not from there.
    """
    chat = endpoint("/chat", [text("message", "Message")], [gives("textbox", "Response")])
    step = endpoint(
        "/_stream_fn",
        [widget("history_with_input", "Chatbot", "chatbot", {"type": "array"})],
        [gives("chatbot", "Chatbot")],
        fn_index=1,
        visibility=Visibility.UNDOCUMENTED,
    )
    wants = ["message", "history"]

    assert recipes.bind(app(chat, step), "chat-completion", wants=wants).endpoint is chat
    assert recipes.bind(app(step), "chat-completion", wants=wants).endpoint is step


def test_a_box_for_consent_is_named_and_left_to_the_caller():
    """Observed: voice cloners that return nothing until their terms are agreed to."""
    made = endpoint(
        "/tts", [text("text", "Text"), switch("agree", "I agree to the terms")], [gives("audio")]
    )
    binding = recipes.bind(app(made), "text-to-speech")

    assert "agree asks for consent: give agree=True if you agree" in binding.warnings
    assert "agree" not in binding.arguments({"text": "x"}).kwargs
    assert binding.arguments({"text": "x", "agree": True}).kwargs["agree"] is True


@pytest.mark.parametrize(
    ("seed", "extra", "draw"),
    [
        (number("seed", "Seed", 42), (), ("seed", 0, 2**31 - 1)),
        (slider("seed", "Seed", 1, 99, 1, 42), (), ("seed", 1, 99)),
        (number("seed", "Seed", -1), (), None),
        (number("seed", "Seed", 42), (switch("randomize_seed", "Randomize seed"),), None),
        (text("seed", "Seed", "42"), (), None),
    ],
)
def test_a_seed_that_nobody_draws_is_left_to_the_caller(seed, extra, draw):
    """Ours: nothing is left to chance in here, so the range is named instead."""
    made = endpoint("/run", [text("prompt"), seed, *extra], [gives("image", "Result")])
    binding = recipes.bind(app(made), "text-to-image")
    found = binding.arguments({"prompt": "x"}).draw

    assert (found and (found.parameter, found.least, found.most)) == draw
    assert binding.arguments({"prompt": "x", "seed": 5}).draw is None


def test_an_endpoint_that_the_app_hides_is_still_part_of_a_chain():
    """Observed: steps that are left out of the documentation."""
    hidden = mesher().endpoints
    steps = [
        type(step)(
            **{f: getattr(step, f) for f in step.__struct_fields__}
            | {"visibility": Visibility.UNDOCUMENTED}
        )
        for step in hidden.values()
    ]

    assert len(recipes.bind(app(*steps), "image-to-3d").chain) == 3


# --- what reaches the last step -----------------------------------------------------


def carver(**more):
    """One call prepares the picture, the next makes a solid of it."""
    return app(
        endpoint(
            "/preprocess",
            [
                image("input_image", "Input Image", widget=UPLOAD),
                switch("do_remove_background", "Remove Background", True),
            ],
            [out("image", "Processed Image", CUTOUT)],
        ),
        endpoint(
            "/generate",
            [image("image", "Processed Image", widget=CUTOUT)],
            [out("model3d", "Output Model", MESH)],
            fn_index=1,
            **more,
        ),
    )


def test_a_prepared_picture_is_prepared_first():
    """Observed: the page hands the last step what an earlier one cut out."""
    binding = recipes.bind(carver(after=0, triggers=THEN), "image-to-3d")

    assert [step.endpoint.name for step in binding.chain] == ["/preprocess", "/generate"]
    assert binding.fields_at_endpoint == {"image": 0}


def test_an_endpoint_that_wants_a_prepared_picture_takes_any_where_nothing_prepares_it():
    """Ours: /info alone does not say which widgets endpoints share."""
    made = endpoint("/generate", [image("image", "Processed Image")], [gives("model3d", "Solid")])

    binding = recipes.bind(app(made), "image-to-3d")

    assert (binding.chain, binding.find("image").parameter) == ((), "image")


def test_fields_reach_the_last_step_through_all_that_go_before():
    """Ours: a binding told in one line names every field that the endpoint itself takes."""
    binding = recipes.bind(mesher(), "image-to-3d")

    assert binding.fields_at_endpoint == {}  # the session brings it all


def test_without_a_chain_the_fields_are_where_they_are_bound():
    """Ours."""
    binding = recipes.bind(
        app(endpoint("/solid", [image("image", "Image")], [gives("model3d")])), "image-to-3d"
    )

    assert binding.fields_at_endpoint == {"image": 0}


def test_what_two_steps_prepared_reaches_the_third_as_itself():
    """Ours: the picture is looked for along every flow, the nearest step first."""
    views = endpoint(
        "/make_views",
        [image("cut", "Processed Image", widget=CUTOUT)],
        [out("image", "Segmented views", VIEWS)],
        fn_index=1,
        after=0,
        triggers=THEN,
    )
    solid = endpoint(
        "/make_solid",
        [image("image", "Segmented views", widget=VIEWS)],
        [out("model3d", "Solid", MESH)],
        fn_index=2,
        after=1,
        triggers=THEN,
    )
    binding = recipes.bind(app(carver().endpoints["/preprocess"], views, solid), "image-to-3d")

    assert [step.endpoint.name for step in binding.chain] == [
        "/preprocess",
        "/make_views",
        "/make_solid",
    ]
    assert binding.fields_at_endpoint == {"image": 0}
