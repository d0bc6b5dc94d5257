"""A webhook's receiver, which answers as a test tells it and keeps what it was sent."""

import json
import queue
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .process import DEADLINE_S


@dataclass(frozen=True)
class Received:
    headers: dict
    body: bytes

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def event(self):
        return json.loads(self.body)


class Receiver:
    """Listens while it is used as a context."""

    def __init__(self):
        self.status = 200
        self.text = b""
        self._free = threading.Event()
        self._free.set()
        self._received = queue.Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver._received.put(Received(headers, body))
                receiver._free.wait()
                try:
                    self.send_response(receiver.status)
                    self.send_header("content-length", str(len(receiver.text)))
                    self.end_headers()
                    self.wfile.write(receiver.text)
                except OSError:
                    pass  # Whoever asked is gone by now.

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._free.set()
        self._server.shutdown()
        self._server.server_close()

    def hang(self):
        """From now on requests are taken and not answered."""
        self._free.clear()

    def answer(self, status, text=b""):
        """From now on, and for those that hang."""
        self.status, self.text = status, text
        self._free.set()

    def take(self, within_s=DEADLINE_S):
        """The next request; waits for it."""
        try:
            return self._received.get(timeout=within_s)
        except queue.Empty:
            raise AssertionError(f"no request within {within_s} s") from None

    def assert_quiet(self, for_s=2):
        """Nothing arrives for a while."""
        try:
            late = self._received.get(timeout=for_s)
        except queue.Empty:
            return
        raise AssertionError(f"unexpected: {late}")
