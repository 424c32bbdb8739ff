"""docs/gateway-openai.md: what it shows is run, and it names every route."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from anyspace.gateway.openai import ROUTES as OPENAI_ROUTES
from anyspace.gateway.spaces import ROUTES as SPACES_ROUTES
from tests.gateway.everything import app_of_everything, settings_for
from tests.gateway.sockets import served
from tests.servers.node import modules, node

PAGE = (Path(__file__).parents[2] / "docs" / "gateway-openai.md").read_text()
SHOWN = re.findall(r"<!-- run -->\n```(\w+)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("language", "code"), SHOWN, ids=[shown[0] for shown in SHOWN])
def test_what_the_page_shows_runs(language, code, tmp_path):
    """Against a gateway at another port, in an empty folder."""
    with app_of_everything() as space, served(settings_for(space.url)) as url:
        code = code.replace("http://127.0.0.1:8000", url)
        name = {"python": "shown.py", "js": "shown.mjs", "sh": "shown.sh"}[language]
        (tmp_path / name).write_text(code)
        if language == "js":
            (tmp_path / "node_modules").symlink_to(modules())
        program = {"python": sys.executable, "js": node(), "sh": "bash"}[language]
        options = ["-e"] if language == "sh" else []
        ran = subprocess.run(
            [program, *options, name], cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout


def test_the_page_names_every_route():
    """Ours: a route that nobody can find is none."""
    paths = {path for route in (*OPENAI_ROUTES, *SPACES_ROUTES) for path in route.paths}
    told = PAGE.replace("MODEL", "{}").replace("ENDPOINT", "{}")
    for path in paths:
        if path != "/v1/spaces/{path:path}":
            assert re.sub(r"\{[^}]*\}", "{}", path) in told, path
