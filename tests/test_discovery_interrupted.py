"""Ctrl-C in a terminal ends the waiting, keeps what has arrived, and says so."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


class TwoLists(BaseHTTPRequestHandler):
    """One list that comes at once, and one that never does."""

    asked = threading.Event()
    release = threading.Event()

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path.startswith("/slow"):
            type(self).asked.set()
            type(self).release.wait(60)
            return
        body = json.dumps({"data": [{"id": "llama-3.3-70b-versatile"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), TwoLists)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    TwoLists.release.set()
    server.shutdown()
    server.server_close()


def listen() -> None:
    """Take Ctrl-C as a terminal's programs do: tests that run in the background are told to ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_keeps_the_sources_that_have_answered(address: str, tmp_path: Path) -> None:
    variables = {
        **os.environ,
        "GROQ_API_KEY": "gsk_0123456789",
        "GROQ_BASE_URL": f"{address}/v1",
        "CEREBRAS_API_KEY": "csk-0123456789",
        "CEREBRAS_BASE_URL": f"{address}/slow/v1",
        "AI_MODELS_STORE": str(tmp_path / "models.json"),
        "AI_MODELS_CACHE": str(tmp_path / "cache"),
    }
    command = [sys.executable, "-u", "-m", "ai_models", "discover", "groq", "cerebras"]
    process = subprocess.Popen(
        command,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        preexec_fn=listen,
    )
    assert TwoLists.asked.wait(60)
    kept_answers = tmp_path / "cache"
    while not any(path.is_file() for path in kept_answers.rglob("*groq*")):
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(1)  # until what came is read, too
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "cerebras   failed: interrupted" in said
    assert "1 model" in said
    kept = json.loads((tmp_path / "models.json").read_text())
    assert "llama-3.3-70b-versatile" in json.dumps(kept)
    answers = (tmp_path / "models.sources.jsonl").read_text()
    assert '"groq"' in answers
    assert '"cerebras"' not in answers
