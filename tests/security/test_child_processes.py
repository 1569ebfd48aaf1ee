"""What strangers send is worked on in processes that are ended when it takes too much; this one goes on as it was."""

import io
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from geoportal.cases.documents import pdf
from geoportal.cases.documents.pdf import print_template
from layers.casework.documents.rendering import TemplateFault
from layers.casework.evidence import pictures
from layers.child_process import answers, limits, server, work
from layers.child_process.limits import Limits
from layers.child_process.work import run_limited, values_limited
from layers.errors import TooCostly
from tests.conftest import ROOT
from tests.launch.liveness import is_alive
from tests.security.costly_work import (
    Payload,
    count,
    endless,
    environment,
    fail,
    hold,
    hold_in_another,
    hour,
    open_files,
    own_number,
    take_over,
    text,
    write,
)
from tests.security.memory import own_megabytes
from tests.waiting import eventually

MACRO = (
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% else %}"
    + "x" * 500
    + "{% endif %}{% endmacro %}"
)


def test_what_is_returned_and_raised_comes_back() -> None:
    assert run_limited(Limits(), hold, 1) == 1024**2
    assert run_limited(Limits(), os.getpid) != os.getpid()
    with pytest.raises(LookupError, match="of its own"):
        run_limited(Limits(), fail)


def test_moments_are_those_of_the_portals_clock() -> None:
    assert run_limited(Limits(), hour, datetime(2026, 11, 30, 15, 49, tzinfo=UTC)) == 23


def test_each_limit_ends_the_work_and_the_next_is_done() -> None:
    before = own_megabytes()
    for each, task, number in (
        (Limits(seconds=1), endless, ()),
        (Limits(megabytes=64), hold, (2000,)),
        (Limits(answer=1), text, (2,)),
        (Limits(), os.abort, ()),
    ):
        with pytest.raises(TooCostly):
            run_limited(each, task, *number)
    with pytest.raises(OSError, match="Too many open files"):
        run_limited(Limits(), open_files, limits.OPEN_FILES)
    assert run_limited(Limits(), hold, 1) == 1024**2
    assert own_megabytes() - before < 30


def test_values_arrive_in_order_and_their_process_ends_when_nobody_reads_on() -> None:
    assert list(values_limited(Limits(), count, 5)) == [0, 1, 2, 3, 4]
    for each, task, number in ((Limits(seconds=1), count, 10**12), (Limits(megabytes=64), count, -1)):
        with pytest.raises(TooCostly):
            sum(values_limited(each, task, number))
    found = values_limited(Limits(), own_number)
    pid = next(found)
    assert is_alive(pid)
    found.close()
    assert not is_alive(pid)


def test_one_that_was_taken_over_sends_no_code(tmp_path: Path) -> None:
    with pytest.raises(TooCostly):
        run_limited(Limits(seconds=20), take_over, tmp_path / "touched")
    assert not (tmp_path / "touched").exists()
    metadata = "layers.casework.evidence.image_metadata.ImageMetadata"
    lies: tuple[object, ...] = (
        {answers.MARK: "os.system", "of": "true"},
        {answers.MARK: metadata, "of": ["image/png", "yes", None, None, None, "", {}]},
        {answers.MARK: metadata, "of": []},
        {answers.MARK: "bytes", "of": 7},
        {answers.MARK: answers.SENTENCE, "of": {"msgid": "{a:999999999}", "values": {"a": 1}}},
    )
    for value in lies:
        with pytest.raises(TooCostly):
            run_limited(Limits(seconds=20), take_over, tmp_path, [server.VALUE, value])


def test_what_is_not_declared_is_not_sent() -> None:
    with pytest.raises(TypeError, match="Payload is not sent"):
        run_limited(Limits(), Payload, Path())


def test_it_knows_no_secret_of_ours_and_writes_no_file_where_it_must_not(tmp_path: Path) -> None:
    known = {"PYTHONPATH", *work.PASSED_ON}
    own = {name for name in run_limited(Limits(), environment) if not name.endswith("_CURL_CA_BUNDLE")}
    assert own <= known, "besides what the reader of geodata sets itself"
    with pytest.raises(OSError, match="File too large"):
        run_limited(Limits(written=0), write, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b""


def test_work_within_work_stands_under_the_limits_of_both() -> None:
    assert run_limited(Limits(), hold_in_another, 512, 1) == 1024**2
    for outer, inner in ((512, 64), (64, 512)):
        with pytest.raises(TooCostly):
            run_limited(Limits(megabytes=outer), hold_in_another, inner, 300)


def test_a_template_that_makes_much_out_of_little_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIMITS", Limits(seconds=5, megabytes=700))
    before = own_megabytes()
    with pytest.raises(TooCostly):
        print_template("bomb", {"bomb": MACRO + "{{ m(40) }}"}, {}, {})
    with pytest.raises(TemplateFault):
        print_template("wrong", {"wrong": "{{ nothing.here }}"}, {}, {})
    assert print_template("right", {"right": "<p>{{ 1 + 1 }}</p>"}, {}, {}).startswith(b"%PDF")
    assert own_megabytes() - before < 30


def picture(path: Path, side: int, **options: Any) -> Path:
    Image.new("RGB", (side, side), "orange").save(path, "JPEG", quality=1, **options)
    return path


def test_a_small_file_with_a_huge_picture_is_kept_as_a_file(tmp_path: Path) -> None:
    """A progressive one is unfolded whole; where memory ends it would come out black."""
    whole = picture(tmp_path / "whole.jpg", 7_000, progressive=True)
    huge = picture(tmp_path / "huge.jpg", 9_000, progressive=True)
    before = own_megabytes()
    assert pictures.read_metadata(huge).media_type == "image/jpeg"
    assert pictures.make_thumbnail(huge) is None
    assert pictures.placeless_picture(huge) is None
    for made in (pictures.make_thumbnail(whole), pictures.placeless_picture(whole)):
        assert made is not None
        assert Image.open(io.BytesIO(made)).getpixel((9, 9)) == pytest.approx((255, 165, 0), abs=40)
    assert own_megabytes() - before < 30


SERVING = """
import sys
from layers.child_process.limits import Limits
from layers.child_process.work import run_limited
from tests.security.costly_work import endless
if __name__ == "__main__":
    print("begun", flush=True)
    run_limited(Limits(seconds=300), endless)
"""


def test_the_processes_end_with_the_one_that_asked(tmp_path: Path) -> None:
    script = tmp_path / "serving.py"
    script.write_text(SERVING)
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, start_new_session=True) as asker:
        try:
            assert asker.stdout is not None
            assert asker.stdout.readline() == b"begun\n"
            eventually(lambda: len(session(asker.pid)) >= 3)
            asker.kill()
            asker.wait()
            eventually(lambda: session(asker.pid) == [])
        finally:
            for pid in session(asker.pid):
                os.kill(pid, signal.SIGKILL)


def session(leader: int) -> list[int]:
    """The processes of a session that live."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, _group, own, *_ = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(own) == leader and state != "Z":
            found.append(int(entry.parent.name))
    return found
