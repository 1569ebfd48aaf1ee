"""A browser that leaves, or a request that takes too long, ends what works for it."""

import asyncio
import os
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from geoportal import slow_clients
from geoportal.accounts.sessions import SessionViewers
from geoportal.cases.documents.pdf import LIMITS
from geoportal.slow_clients import PageThreads
from layers.casework.models import DocumentTemplate
from layers.child_process.limits import Limits
from layers.child_process.work import run_limited
from layers.errors import TooCostly
from tests.cases.case_story import CaseStory, story
from tests.casework.conftest import people
from tests.people import client_of
from tests.portal_server import portal_server
from tests.security.costly_work import endless
from tests.waiting import eventually

__all__ = ["people", "story"]
LONG = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}"
"""More than a quarter of an hour, and no memory."""


def copies(leader: int) -> list[int]:
    """Child processes that work in the session of a portal: those whose parent is their server."""
    server, found = b"layers.child_process.server", []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent, _group, session, *_ = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(session) != leader or state == "Z" or server not in (entry / "cmdline").read_bytes():
                continue
            if server in Path(f"/proc/{parent}/cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.mark.django_db(transaction=True)
def test_the_child_process_ends_when_the_browser_leaves(story: CaseStory, own_data_folder: Path) -> None:
    kept = DocumentTemplate.objects.create(
        family="enforcement", code="filing_approval", version=99, title_zh="长", title_en="Long", text=LONG
    )
    session = client_of("administrator").cookies["sessionid"].value
    request = (
        f"GET /admin/casework/documenttemplate/{kept.pk}/specimen/ HTTP/1.1\r\nHost: localhost\r\n"
        f"Cookie: sessionid={session}\r\n\r\n"
    )
    with portal_server(own_data_folder) as server:
        with socket.create_connection(("127.0.0.1", urlsplit(server.url).port)) as client:
            client.sendall(request.encode())
            eventually(lambda: copies(os.getsid(server.web.pid)))
            seen = time.monotonic()
        eventually(lambda: not copies(os.getsid(server.web.pid)), LIMITS.seconds / 2)
        assert time.monotonic() - seen < LIMITS.seconds


def test_it_ends_when_the_request_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    run_limited(Limits(), os.getpid)  # so that the server of child processes is there before the time begins
    monkeypatch.setattr(slow_clients, "WORK_TIMEOUT", 0.5)
    ended: list[type[Exception]] = []

    def pages(environ: Any, start: Any) -> list[bytes]:
        try:
            run_limited(Limits(seconds=120), endless)
        except TooCostly:
            ended.append(TooCostly)
        start("200 OK", [])
        return [b""]

    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        return messages.pop() if messages else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        """Whoever asked takes everything."""

    scope: Any = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
    }
    started = time.monotonic()
    asyncio.run(PageThreads(pages, SessionViewers(), 1)(scope, receive, send))
    assert ended == [TooCostly]
    assert time.monotonic() - started < 100
