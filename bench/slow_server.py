"""A server whose lists of models take as long as their path says: `python -m bench.slow_server` prints its address.

`/MILLISECONDS/ROWS/v1/models` is a list of that many models after that time.
"""

import json
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Slow(BaseHTTPRequestHandler):
    """Answers late."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with a list, after a pause."""
        _, pause_ms, rows, *rest = self.path.split("/")
        if rest != ["v1", "models"]:
            self.send_error(404)
            return
        body = listing(pause_ms, int(rows))
        time.sleep(int(pause_ms) / 1000)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Takes many connections at once."""

    daemon_threads = True
    request_queue_size = 128


@cache
def listing(name: str, rows: int) -> bytes:
    """Return a list as a compatible server writes it."""
    data = [
        {
            "id": f"house-{name}/model-{number}",
            "object": "model",
            "created": 1_760_000_000 + number,
            "context_length": 131072,
            "max_output_tokens": 8192,
            "pricing": {"prompt": "0.0000005", "completion": "0.0000015"},
        }
        for number in range(rows)
    ]
    return json.dumps({"object": "list", "data": data}).encode()


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Slow)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
