"""A Gradio app whose widget belongs to another app, as in those that ``gr.load()`` makes.

``python loaded.py PORT --upstream URL`` shows files of the app at URL. Loading one takes
the Hub; what of it can be seen on the wire is a widget with a `proxy_url`, whose files lie
behind ``/proxy=``. Runs on Gradio 4.17 to 6.x.
"""

import argparse

import gradio as gr


def show(path):
    name = path.rpartition("/")[2]
    return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}


def build(upstream):
    with gr.Blocks() as app:
        path = gr.Textbox(label="Path")
        shown = gr.File(label="Shown")
        shown.proxy_url = f"{upstream}/"
        app.proxy_urls.add(f"{upstream}/")
        gr.Button().click(show, path, shown, api_name="show", postprocess=False)
    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--upstream")
    options = parser.parse_args()
    build(options.upstream).queue().launch(
        server_name="127.0.0.1", server_port=options.port, quiet=True, show_error=True
    )
