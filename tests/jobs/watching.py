"""What is seen of a job and of its processes."""

from pathlib import Path

from layers.jobs.models import Job, JobState
from tests.waiting import eventually


def fresh(job: Job) -> Job:
    return Job.objects.select_related("task").get(pk=job.pk)


def await_state(job: Job, *states: JobState) -> Job:
    eventually(lambda: fresh(job).state in states)
    return fresh(job)


def pids(folder: Path) -> list[int]:
    return [int(file.name.removeprefix("pid-")) for file in folder.glob("pid-*")]


def await_processes(folder: Path, number: int) -> list[int]:
    eventually(lambda: len(pids(folder)) >= number)
    return pids(folder)


def log_of(job: Job) -> str:
    return " ".join(job.log.values_list("text", flat=True))


def failures(folder: Path) -> list[str]:
    file = folder / "failures"
    return file.read_text().splitlines() if file.exists() else []


def let_go(folder: Path) -> None:
    (folder / "go").touch()
