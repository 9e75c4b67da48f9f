"""What a pass over the whole Hugging Face Hub costs in memory, against a transport that makes pages on the fly."""

import json
import resource
import sys
import time

from ai_models.sources import HuggingFaceHubSource
from ai_models.transport import Response

URL = "https://huggingface.co/api/models"
PAGE = 1000


class Endless:
    """Answers with page after page of rows, as the Hub would."""

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def request(self, method: str, url: str, **options: object) -> Response:
        start = int(url.rpartition("cursor=")[2]) if "cursor=" in url else 0
        stop = min(start + PAGE, self.rows)
        rows = [
            {"id": f"someone/model-{n}", "pipeline_tag": "text-generation", "likes": n, "tags": ["license:mit"]}
            for n in range(start, stop)
        ]
        link = {"link": f'<{URL}?limit={PAGE}&cursor={stop}>; rel="next"'} if stop < self.rows else {}
        return Response(200, link, json.dumps(rows).encode())


def main() -> None:
    """Print the resident memory after each tenth of a pass: `python -m bench.streaming [rows]`."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    started = time.perf_counter()
    source = HuggingFaceHubSource(transport=Endless(rows), env={})
    for number, _ in enumerate(source.discover_models(), 1):
        if number % (rows // 10) == 0:
            megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{number:>10,} models   {megabytes:6.1f} MB   {time.perf_counter() - started:6.1f} s")


if __name__ == "__main__":
    main()
