"""Serve several of these apps from one process, each below a path of its own name.

Runs on Gradio 3.50 to 6.x: ``python serve.py PORT --mount /NAME [--mount /NAME …]``.
"""

import argparse
import importlib
import warnings

import fastapi
import gradio as gr
import uvicorn

VERSION = tuple(int(part) for part in gr.__version__.split(".")[:2])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--mount", action="append", required=True)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    outer = fastapi.FastAPI()
    for path in options.mount:
        demo = importlib.import_module(path.strip("/")).demo
        demo.queue()
        outer = gr.mount_gradio_app(outer, demo, path=path)
    uvicorn.run(outer, host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
