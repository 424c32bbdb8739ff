"""A Gradio app with one endpoint for each behaviour that the tests look at.

Runs on Gradio 3.50 to 6.x: ``python kitchen.py PORT [--auth] [--mount /sub/path]``.
It imports nothing but Gradio and what Gradio brings. What a version has not is left out.
"""

import argparse
import inspect
import json
import threading
import time

import gradio as gr
import numpy as np

FINISHED: list[str] = []
RUNNING: dict[str, int] = {}
LOCK = threading.Lock()


VERSION = tuple(int(part) for part in gr.__version__.split(".")[:2])


# From 4.44 chatbots can keep messages, from 6 they keep nothing else.
MESSAGES = VERSION >= (4, 44)


def visible(value: str) -> dict:
    """The keyword that hides an endpoint: `show_api` up to 5, `api_visibility` from 6."""
    if VERSION >= (6, 0):
        return {"api_visibility": value}
    return {"undocumented": {"show_api": False}, "private": {"api_name": False}}[value]


def concurrency(limit: int) -> dict:
    """Several jobs of one function at once: a property of the whole queue before 4.0."""
    return {"concurrency_limit": limit} if VERSION >= (4, 0) else {}


def echo(text):
    return text


def numbers(a, b):
    return a + b


def choices(colour, sizes, tags):
    return json.dumps({"colour": colour, "sizes": sizes, "tags": tags})


def invert(image):
    return 255 - image


def describe_files(files, one):
    names = [f if isinstance(f, str) else f.name for f in files or []]
    sizes = [len(open(name, "rb").read()) for name in names]
    single = one if isinstance(one, (str, type(None))) else one.name
    return {
        "files": [[n.split("/")[-1], s] for n, s in zip(names, sizes)],
        "one": single and single.split("/")[-1],
    }


def copy_files(files):
    return [f if isinstance(f, str) else f.name for f in files]


def gallery(count):
    rng = np.random.default_rng(0)
    return [
        (rng.integers(0, 255, (8, 8, 3), dtype=np.uint8), f"picture {i}") for i in range(int(count))
    ]


def count_gallery(pictures):
    return len(getattr(pictures, "root", pictures))  # the bare model up to 4.8


def tone(rate, audio):
    if audio is not None:
        return audio
    t = np.arange(int(rate)) / rate
    return int(rate), (np.sin(t * 440 * 2 * np.pi) * 20000).astype(np.int16)


def json_with_path():
    return {"path": "/not/a/file", "url": "nowhere", "items": [{"path": "x", "size": 3}]}


def count(n):
    for i in range(int(n)):
        yield f"{i}"


def grow(n):
    """Text that grows, a list that grows and a mapping that changes: all three come as edits."""
    text, items, mapping = "", [], {}
    for i in range(int(n)):
        text += f"word{i} é "
        items = [*items, {"i": i, "square": i * i}]
        mapping = {**mapping, f"k{i % 3}": {"last": i, "seen": list(range(i % 4))}}
        yield text, items, mapping


def nested(n):
    """Deep values that grow, change and lose parts."""
    for i in range(int(n)):
        tree = {"a": {"b": [{"n": j, "tags": list(range(j))} for j in range(i % 4)]}, "i": i}
        if i % 3 == 0:
            tree["extra"] = {"deep": [[i], {"x": {"y": i}}]}
        yield tree, [tree["a"]["b"], i] if i % 2 else []


def converse(message, history):
    return [
        *(history or []),
        {"role": "user", "content": message},
        {"role": "assistant", "content": message.upper()},
    ]


def converse_in_pairs(message, history):
    return [*(history or []), [message, message.upper()]]


def with_progress(steps, progress=gr.Progress()):
    for i in progress.tqdm(range(int(steps)), desc="painting", unit="brush strokes"):
        time.sleep(0.02)
    return f"{int(steps)} steps"


def with_logs(name):
    gr.Info(f"hello {name}")
    gr.Warning("careful")
    return name


def raise_error(message):
    raise gr.Error(message)


def raise_plain():
    raise ValueError("the plain one")


def batch(words):
    return [[w.upper() for w in words]]


def secret():
    return "secret"


def undocumented(text):
    return f"undocumented {text}"


def slow(seconds, tag):
    """Yield often, so that a cancelled job stops soon; say which jobs finished."""
    with LOCK:
        RUNNING[tag] = RUNNING.get(tag, 0) + 1
    try:
        end = time.time() + seconds
        while time.time() < end:
            time.sleep(0.05)
            yield f"{tag} running"
        with LOCK:
            FINISHED.append(tag)
        yield f"{tag} done"
    finally:
        with LOCK:
            RUNNING[tag] -= 1


def sleep(seconds):
    time.sleep(seconds)
    return seconds


def journal():
    with LOCK:
        return {"finished": list(FINISHED), "running": {k: v for k, v in RUNNING.items() if v}}


def accumulate(number, total):
    total = (total or 0) + number
    return total, total


def same_labels():
    return 1, 2, "three"


def nothing():
    return None


def optional(text, extra=None):
    return f"{text}|{extra}"


def updated():
    return gr.update(value="fresh", label="renamed")


def chat(message, history):
    return f"{message['text']}: {len(message['files'])} files"


def edit(picture):
    return {"layers": len(picture["layers"]), "shape": list(picture["background"].shape)}


def table(frame):
    return frame


def build() -> gr.Blocks:
    with gr.Blocks(title="Kitchen") as app:
        text = gr.Textbox(label="Text")
        out = gr.Textbox(label="Result")
        json_out = gr.JSON(label="JSON")
        button = gr.Button("Run")

        def on(fn, inputs, outputs, name=None, **options):
            options = {"api_name": name or fn.__name__, **concurrency(64), **options}
            button.click(fn, inputs, outputs, **options)

        on(echo, text, out)
        on(
            numbers,
            [gr.Number(label="A"), gr.Slider(0, 100, value=5, step=5, label="B")],
            gr.Number(label="Sum"),
        )
        on(
            choices,
            [
                gr.Radio(["red", "green", "blue"], value="red", label="Colour"),
                gr.Dropdown([("Small", "s"), ("Large", "l")], multiselect=True, label="Sizes"),
                gr.CheckboxGroup(["a", "b"], label="Tags"),
            ],
            out,
        )
        on(invert, gr.Image(label="Photo"), gr.Image(label="Negative"))
        on(
            describe_files,
            [
                gr.File(file_count="multiple", label="Files"),
                gr.File(file_types=[".csv"], label="One"),
            ],
            json_out,
        )
        on(
            copy_files,
            gr.File(file_count="multiple", label="Files"),
            gr.File(file_count="multiple", label="Copies"),
        )
        on(gallery, gr.Number(2, label="Count"), gr.Gallery(label="Pictures"))
        on(count_gallery, gr.Gallery(label="Pictures"), gr.Number(label="How many"))
        on(tone, [gr.Number(8000, label="Rate"), gr.Audio(label="Audio")], gr.Audio(label="Sound"))
        on(json_with_path, None, json_out)
        on(count, gr.Number(label="N"), out)
        on(grow, gr.Number(label="N"), [out, gr.JSON(label="Items"), gr.JSON(label="Mapping")])
        on(with_progress, gr.Number(label="Steps"), out)
        on(with_logs, text, out)
        on(raise_error, text, out)
        on(raise_plain, None, out)
        on(batch, text, out, batch=True, max_batch_size=4)
        on(echo, text, out, name="unqueued", queue=False)
        on(secret, None, out, **visible("private"))
        if "show_api" in inspect.signature(button.click).parameters or VERSION >= (6, 0):
            on(undocumented, text, out, **visible("undocumented"))
        on(slow, [gr.Number(1, label="Seconds"), gr.Textbox(label="Tag")], out, **concurrency(20))
        on(sleep, gr.Number(1, label="Seconds"), gr.Number(label="Slept"), **concurrency(1))
        on(journal, None, json_out, queue=False)
        total = gr.State(0)
        on(accumulate, [gr.Number(label="Number"), total], [gr.Number(label="Total"), total])
        on(
            same_labels,
            None,
            [gr.Number(label="Value"), gr.Number(label="Value"), gr.Textbox(label="Other")],
        )
        on(nothing, None, None)
        on(optional, [text, gr.Textbox(label="Extra")], out)
        on(updated, None, out)
        if hasattr(gr, "MultimodalTextbox"):
            on(chat, [gr.MultimodalTextbox(label="Message"), gr.JSON(label="History")], out)
        if hasattr(gr, "ImageEditor"):
            on(edit, gr.ImageEditor(label="Picture"), json_out)
        on(nested, gr.Number(label="N"), [gr.JSON(label="Tree"), gr.JSON(label="List")])
        if MESSAGES:
            talk = gr.Chatbot(label="Chat", **({"type": "messages"} if VERSION < (6, 0) else {}))
            on(converse, [text, talk], talk)
        if VERSION < (6, 0):
            pairs = gr.Chatbot(label="Chat", **({"type": "tuples"} if MESSAGES else {}))
            on(converse_in_pairs, [text, pairs], pairs)
        on(table, gr.Dataframe(label="Table"), gr.Dataframe(label="Same"))
        on(echo, gr.Textbox(label="Größe in Ä"), gr.Textbox(label="結果"), name="écho_ünïcode")
        if hasattr(gr, "validate"):
            on(
                echo,
                text,
                out,
                name="checked",
                validator=lambda text: gr.validate(bool(text), "Text is empty"),
            )
    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--auth", action="store_true")
    parser.add_argument("--mount")
    parser.add_argument("--max-file-size")
    parser.add_argument("--max-size", type=int)
    options = parser.parse_args()
    app = build()
    limits = {} if options.max_size is None else {"max_size": options.max_size}
    if VERSION < (4, 0):
        limits["concurrency_count"] = 64 if options.max_size is None else 1
    app.queue(**limits)
    auth = ("ada", "lovelace") if options.auth else None
    if options.mount:
        import fastapi
        import uvicorn

        outer = gr.mount_gradio_app(fastapi.FastAPI(), app, path=options.mount)
        uvicorn.run(outer, host="127.0.0.1", port=options.port, log_level="warning")
        return
    app.launch(
        server_name="127.0.0.1",
        server_port=options.port,
        auth=auth,
        show_error=True,
        quiet=True,
        **({"max_file_size": options.max_file_size} if options.max_file_size else {}),
    )


if __name__ == "__main__":
    main()
