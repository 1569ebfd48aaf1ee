"""A real server before the portal that breaks when told to: it refuses to ask, or loses the answer."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import urlsplit

SINGLE = {"connection", "transfer-encoding", "content-length", "keep-alive", "accept-encoding"}
MARKS = {"etag", "if-none-match"}
"""Marks of contents that the server itself did not change."""


@dataclass
class Failing:
    """``breaks`` is asked for each POST, counted from 1, and says before, after or "" (it passes)."""

    url: str = ""
    breaks: Callable[[int], str] = lambda number: ""
    change: Callable[[str, bytes], bytes] = lambda path, content: content
    posts: int = 0
    broken: int = 0
    lock: Lock = field(default_factory=Lock)


class Quiet(ThreadingHTTPServer):
    """A browser that goes away in the middle of an answer is nothing to tell of."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        return


@contextmanager
def failing_proxy(portal: str) -> Iterator[Failing]:
    state = Failing()
    address = urlsplit(portal)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            how = ""
            if self.command == "POST" and self.path.startswith("/field/api/"):
                with state.lock:
                    state.posts += 1
                    how = state.breaks(state.posts)
                    state.broken += bool(how)
            if how == "before":
                self.say(500, [], b"out of order")
                return
            status, headers, body = self.ask(content)
            if how == "after":
                self.say(500, [], b"the answer is lost")
            else:
                self.say(status, headers, state.change(self.path, body))

        def ask(self, content: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            asked = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=60)
            try:
                headers = {k: v for k, v in self.headers.items() if k.lower() not in SINGLE | MARKS}
                asked.request(self.command, self.path, content or None, headers)
                answer = asked.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            finally:
                asked.close()

        def say(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in SINGLE | MARKS:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_POST = do_HEAD = answer

        def log_message(self, *_: object) -> None:
            return

    server = Quiet(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
