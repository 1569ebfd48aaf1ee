"""Work for the worker under test; it is watched and steered through files of a folder."""

import os
import subprocess
import time
from pathlib import Path

from django.db import transaction

from layers.agencies.models import Department
from layers.jobs.tasks import JobContext, job
from layers.registry.text import Text

PATIENCE = 300.0  # seconds


def fail_note(reason: str, folder: str, *rest: object) -> None:
    with Path(folder, "failures").open("a") as file:
        file.write(f"{reason}\n")


def _wait(folder: Path) -> None:
    """Until the test lets it go on; begun processes say their number."""
    (folder / f"pid-{os.getpid()}").touch()
    until = time.monotonic() + PATIENCE
    while not (folder / "go").exists():
        if time.monotonic() > until:
            raise TimeoutError("nobody let the sample go on")
        time.sleep(0.02)


@job(title=Text("等待", "Wait"), on_failure=fail_note)
def wait(context: JobContext, folder: str) -> str:
    _wait(Path(folder))
    return "waited"


@job(title=Text("反复等待", "Wait again"), is_repeatable=True, on_failure=fail_note)
def wait_again(context: JobContext, folder: str) -> str:
    _wait(Path(folder))
    return "waited"


@job(title=Text("导入等待", "Wait as an import"), queue="imports", on_failure=fail_note)
def wait_as_import(context: JobContext, folder: str) -> str:
    _wait(Path(folder))
    return "waited"


@job(title=Text("数数", "Count"))
def count(context: JobContext, folder: str, total: int) -> dict[str, int]:
    """Within a transaction, so that nothing it writes there is seen."""
    with transaction.atomic(), context.progress("counting", total) as advance:
        Department.objects.create(code="N", name="not seen yet")
        advance(total // 2)
        _wait(Path(folder))
        advance(total - total // 2)
    context.progress.note("All were counted.")
    return {"counted": total}


@job(title=Text("子进程", "With a child"))
def with_child(context: JobContext, folder: str) -> None:
    child = subprocess.Popen(["sleep", "600"])
    Path(folder, "child").write_text(str(child.pid))
    _wait(Path(folder))


@job(title=Text("不肯结束", "Stubborn"))
def stubborn(context: JobContext, folder: str) -> None:
    while True:
        try:
            _wait(Path(folder))
        except BaseException:  # noqa: BLE001  that is what is tested
            Path(folder, "asked").touch()


@job(title=Text("出错", "Fail"), explanation=str, on_failure=fail_note)
def fail_with(context: JobContext, folder: str, sentence: str) -> None:
    raise ValueError(sentence)


@job(title=Text("故障", "Break"))
def break_down(context: JobContext) -> None:
    raise ZeroDivisionError("a secret detail")


@job(title=Text("语言", "Language"))
def greet(context: JobContext) -> str:
    return str(Text("你好", "hello"))
