"""Record how an app describes itself: ``python record.py URL NAME``.

Writes ``data/NAME_config.json`` and ``data/NAME_info.json``, without what no reader of
them looks at: layout, theme, translations, examples and long descriptions.
"""

import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

KEPT_OF_CONFIG = """version api_prefix title space_id app_id protocol enable_queue max_file_size
    components dependencies""".split()
KEPT_OF_DEPENDENCY = """id targets inputs outputs backend_fn queue api_name batch types show_api
    api_visibility connection""".split()
KEPT_OF_PROPS = """label value choices minimum maximum step file_count file_types multiselect
    allow_custom_value max_length placeholder info headers""".split()
LEFT_OUT_OF_INFO = {"python_type", "example_input", "description", "title", "code_snippets"}


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as response:
        return json.loads(response.read())


def some(document: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: document[name] for name in names if name in document}


def component(document: dict[str, Any]) -> dict[str, Any]:
    kept = some(document, ["id", "type", "skip_api", "serializer"])
    return {**kept, "props": some(document["props"], KEPT_OF_PROPS)}


def config(document: dict[str, Any]) -> dict[str, Any]:
    return {
        **some(document, KEPT_OF_CONFIG),
        "components": [component(part) for part in document["components"]],
        "dependencies": [some(part, KEPT_OF_DEPENDENCY) for part in document["dependencies"]],
    }


def shortened(document: Any) -> Any:
    if isinstance(document, dict):
        kept = {k: v for k, v in document.items() if k not in LEFT_OUT_OF_INFO}
        return {key: shortened(value) for key, value in kept.items()}
    return [shortened(item) for item in document] if isinstance(document, list) else document


def main(url: str, name: str) -> None:
    folder = Path(__file__).parent / "data"
    told = get(f"{url}/config")
    prefix = told.get("api_prefix", "")
    info = get(f"{url}{prefix}/info?all_endpoints=True")
    for what, document in (("config", config(told)), ("info", shortened(info))):
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace(
            '},{"id"', '},\n{"id"'
        )
        (folder / f"{name}_{what}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
