"""For conftest files: servers over https, the Hub among them, with a certificate of our own."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub.utils import get_session

from anyspace.testing import FakeHub
from tests.hostile.attacks import SECRET

NAMES = ("localhost", "hub.example")
TOKEN = f"hf_{SECRET}"
OTHER = "hf_of_somebody_else"
USERS = {TOKEN: "ada", OTHER: "bob"}


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine and its key, as files."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    names = ",".join(f"DNS:{name}" for name in NAMES)
    command = f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split()
    command += ["-addext", f"subjectAltName={names}", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return cert, key


def serving(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """What a server shows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


def trusting(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """What a client trusts it with."""
    return ssl.create_default_context(cafile=str(certificate[0]))


@pytest.fixture
def secure_hub(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeHub]:
    """A Hub over https, known by the name of another machine; the saved token is ada's.

    It runs in a thread of its own, as Hubs are elsewhere.
    """
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))  # httpx
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    look_up = socket.getaddrinfo

    def look_up_here(host: Any, *args: Any, **options: Any) -> Any:
        return look_up("127.0.0.1" if host == "hub.example" else host, *args, **options)

    monkeypatch.setattr("socket.getaddrinfo", look_up_here)
    with FakeHub(USERS, tls=serving(certificate)) as hub:
        getattr(huggingface_hub, "close_session", lambda: None)()
        get_session()  # which reads what is trusted
        address = hub.url.replace("localhost", "hub.example")
        monkeypatch.setattr(FakeHub, "url", property(lambda _: address))
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        yield hub
