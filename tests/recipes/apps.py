"""Descriptions of apps as they are found in the wild, written down small.

Each builder makes one widget or endpoint; the functions below them are whole apps.
"""

from __future__ import annotations

from typing import Any

from anyspace import recipes
from anyspace.recipes import Arguments, Binding
from anyspace.schema import App, Choice, Endpoint, FileValue, OutputField, Parameter, Visibility

MAX_SEED = 2**31 - 1
FILE = {"type": "object", "properties": {"path": {"type": "string"}, "meta": {}}}
RUN = (("button", "Run", "click"),)


class Picture(FileValue):
    """A file as the client hands it out."""

    def __init__(self, name: str, mime_type: str = "image/webp") -> None:
        self.name, self.mime_type, self.size = name, mime_type, None

    def __repr__(self) -> str:
        return self.name


# --- widgets --------------------------------------------------------------------------


def text(name: str, label: str = "", default: str | None = None, **more: Any) -> Parameter:
    """Make a text box; required when it has no default."""
    return widget(name, label, "textbox", {"type": "string"}, default, **more)


def slider(
    name: str, label: str, low: float, high: float, step: float, default: float | None
) -> Parameter:
    """Make a slider."""
    number = {"type": "number"}
    return widget(name, label, "slider", number, default, minimum=low, maximum=high, step=step)


def number(name: str, label: str = "", default: float | None = None, **more: Any) -> Parameter:
    """Make a number box, which always says that its step is 1."""
    return widget(name, label, "number", {"type": "number"}, default, **{"step": 1, **more})


def switch(name: str, label: str = "", default: bool | None = False) -> Parameter:
    """Make a checkbox."""
    return widget(name, label, "checkbox", {"type": "boolean"}, default)


def choice(name: str, label: str, values: list[Any], **more: Any) -> Parameter:
    """Make a dropdown; its first value is the default."""
    choices = tuple(v if isinstance(v, Choice) else Choice(str(v), v) for v in values)
    more = {"default": choices[0].value, "required": False, "choices": choices, **more}
    return widget(name, label, "dropdown", {"type": "string"}, **more)


def image(name: str, label: str = "", **more: Any) -> Parameter:
    """Make a picture that must be given."""
    return widget(
        name, label, **{"component": "image", "json_type": FILE, "takes_file": True, **more}
    )


def widget(
    name: str,
    label: str = "",
    component: str = "",
    json_type: dict[str, Any] | None = None,
    default: Any = None,
    **more: Any,
) -> Parameter:
    """Make any other input."""
    return Parameter(
        **{
            "name": name,
            "label": label or name,
            "component": component,
            "json_type": json_type or {},
            "default": default,
            "required": default is None,
            **more,
        }
    )


def gives(component: str, label: str = "") -> OutputField:
    """Make an output."""
    files = component in ("image", "gallery", "imageslider", "video", "audio", "file")
    return OutputField(label=label, component=component, json_type={}, gives_file=files)


def endpoint(
    name: str, parameters: list[Parameter], outputs: list[OutputField], **more: Any
) -> Endpoint:
    """Make an endpoint that a button runs."""
    return Endpoint(
        **{
            "api_name": name,
            "fn_index": 0,
            "parameters": tuple(parameters),
            "outputs": tuple(outputs),
            "triggers": RUN,
            **more,
        }
    )


def app(*endpoints: Endpoint) -> App:
    """Make an app of endpoints."""
    return App(title="", version="5.0", endpoints={e.name: e for e in endpoints})


# --- bindings -------------------------------------------------------------------------

TASK = "text-to-image"


def fit(*parameters: Parameter, outputs: list[OutputField] | None = None, **more: Any) -> Binding:
    """Bind an endpoint of these parameters, with a prompt before them."""
    outputs = outputs or [gives("image", "Result")]
    made = app(endpoint("/infer", [text("prompt", "Prompt"), *parameters], outputs, **more))
    return recipes.bind(made, TASK)


def bound(binding: Binding) -> dict[str, str]:
    """Say which parameter takes each field."""
    return {b.field: b.parameter for b in binding.bound}


def sent(binding: Binding, **values: Any) -> Arguments:
    """Lay out the values with a prompt."""
    return binding.arguments({"prompt": "a fox", **values})


# --- apps -----------------------------------------------------------------------------


def flux() -> App:
    """An app with one picture, a seed that is drawn anew by default, and free sizes."""
    parameters = [
        text("prompt", "Prompt"),
        slider("seed", "Seed", 0, MAX_SEED, 1, 0),
        switch("randomize_seed", "Randomize seed", True),
        slider("width", "Width", 256, 2048, 32, 1024),
        slider("height", "Height", 256, 2048, 32, 1024),
        slider("num_inference_steps", "Number of inference steps", 1, 50, 1, 4),
    ]
    return app(endpoint("/infer", parameters, [gives("image", "Result"), gives("slider", "Seed")]))


def midjourney() -> App:
    """An app with a gallery, styles that look like sizes, and no step count."""
    styles = ["2560 x 1440", "Photo", "Cinematic", "Anime", "3D Model", "(No style)"]
    parameters = [
        text("prompt", "Prompt"),
        text("negative_prompt", "Negative prompt", "blurry, deformed"),
        switch("use_negative_prompt", "Use negative prompt", True),
        choice("style", "Image Style", styles),
        slider("seed", "Seed", 0, MAX_SEED, 1, 0),
        slider("width", "Width", 512, 2048, 8, 1024),
        slider("height", "Height", 512, 2048, 8, 1024),
        slider("guidance_scale", "Guidance Scale", 0.1, 20.0, 0.1, 6),
        switch("randomize_seed", "Randomize seed", True),
    ]
    run = endpoint("/run", parameters, [gives("gallery", "Result"), gives("slider", "Seed")])
    example = endpoint(
        "/load_example",
        [widget("param_0", "Examples", "dataset")],
        [gives("textbox", "Prompt")],
        visibility=Visibility.UNDOCUMENTED,
        triggers=(("dataset", "", "click"),),
    )
    return app(example, run)


def chinese() -> App:
    """An app whose handler takes ``*args``: the labels, in Chinese, are all there is."""
    parameters = [
        text("param_0", "提示词"),
        text("param_1", "负面提示词", ""),
        slider("param_2", "宽度", 256, 2048, 64, 1024),
        slider("param_3", "高度", 256, 2048, 64, 1024),
        slider("param_4", "采样步数", 1, 50, 1, 20),
        slider("param_5", "引导系数", 1, 20, 0.5, 7),
        number("param_6", "随机种子(-1表示随机)", -1),
        slider("param_7", "生成数量", 1, 4, 1, 1),
        choice("param_8", "风格", ["写实", "动漫"]),
    ]
    go = (("button", "🎨 生成图像", "click"),)
    return app(
        endpoint("/generate", parameters, [gives("image", "生成结果")], triggers=go),
        endpoint(
            "/clear", [], [gives("image", "生成结果")], triggers=(("button", "清空", "click"),)
        ),
    )


def gradio_3() -> App:
    """An app from before named endpoints: numbers, and names made from labels."""
    parameters = [
        text("enter_your_prompt", "Enter your prompt", "", named=False),
        text("negative_prompt", "Negative prompt", "", named=False),
        widget(
            "sampling_steps",
            "Sampling steps",
            "slider",
            {"type": "number"},
            20,
            named=False,
            minimum=1,
            maximum=150,
            step=1,
        ),
        widget("seed", "Seed", "number", {"type": "number"}, -1, named=False, step=1),
    ]
    unnamed = Visibility.UNNAMED
    return app(
        endpoint(
            "", [], [gives("slider", "Seed")], visibility=unnamed, triggers=(("app", "", "load"),)
        ),
        endpoint(
            "",
            parameters,
            [gives("gallery", "Generated images")],
            visibility=unnamed,
            fn_index=1,
            triggers=(("button", "Generate image", "click"),),
        ),
    )


def cluttered() -> App:
    """An app with much wiring around the one endpoint that works."""
    prompt = text("prompt", "Prompt")
    seed = slider("seed", "Seed", 0, MAX_SEED, 1, 0)
    model = choice("model", "Model", ["fast", "good"])
    picture = gives("image", "Generated image")
    return app(
        endpoint(
            "/update_preview",
            [prompt, seed],
            [gives("image", "Preview")],
            triggers=(("slider", "Seed", "change"),),
        ),
        endpoint("/enhance_prompt", [prompt], [gives("textbox", "Prompt")]),
        endpoint("/randomize_seed", [], [gives("slider", "Seed")]),
        endpoint(
            "/on_model_change",
            [model],
            [gives("slider", "Steps")],
            triggers=(("dropdown", "Model", "change"),),
        ),
        endpoint(
            "/load_example",
            [widget("param_0", "", "dataset"), prompt],
            [picture],
            triggers=(("dataset", "", "click"),),
        ),
        endpoint(
            "/edit_image", [image("image", "Image"), text("prompt", "Edit instruction")], [picture]
        ),
        endpoint(
            "/generate_image",
            [prompt, model, seed],
            [picture, gives("file", "Download")],
            triggers=(("button", "Generate", "click"), ("textbox", "Prompt", "submit")),
        ),
    )


def speech() -> App:
    """An app that speaks: no picture comes out of it."""
    return app(
        endpoint("/speak", [text("text", "Text")], [gives("audio", "Speech")]),
        endpoint("/remove_background", [image("image")], [gives("image", "Result")]),
    )
