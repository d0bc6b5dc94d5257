"""A system outside that answers as a test tells it, and keeps what it was asked."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict
    body: dict | None


@dataclass
class Outside:
    """Answers each path by the next of its answers; the last one stays."""

    answers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def __enter__(self):
        handler = type("Handler", (_Handler,), {"outside": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def on(self, key, *answers):
        """`key` is a target of AWS JSON, or a method and path. Answers: status, body, seconds to wait."""
        self.answers[key] = list(answers)

    def of(self, key):
        """What was asked by this key."""
        return [asked for asked in self.asked if _key(asked) == key]


def _key(asked):
    return asked.headers.get("x-amz-target") or f"{asked.method} {asked.path}"


class _Handler(BaseHTTPRequestHandler):
    outside = None

    def _answer(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, json.loads(body) if body else None)
        self.outside.asked.append(asked)
        answers = self.outside.answers.get(_key(asked), [(404, "unknown", 0)])
        status, body, wait_s = answers.pop(0) if len(answers) > 1 else answers[0]
        time.sleep(wait_s)
        body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, *_):
        pass
