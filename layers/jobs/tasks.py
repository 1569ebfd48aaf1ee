"""How a function becomes work for the queue, and what it is told when it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

import django_tasks
from django_tasks import DEFAULT_TASK_QUEUE_NAME, TaskContext
from django_tasks.base import Task

from layers.registry.text import Text

from .progress import JobProgress

P = ParamSpec("P")
T = TypeVar("T")


def unexplained(problem: BaseException) -> str:
    """No sentence for whoever began it: the fault is the portal's own."""
    return ""


@dataclass(frozen=True, kw_only=True)
class JobTask(Task[P, T]):
    """A task of the queue with what people and the worker must know of it.

    ``is_repeatable`` says that it may run again from its beginning after its process was killed. ``explanation``
    makes a sentence of what it raises. ``on_failure`` is called with the reason and the task's arguments when it
    failed, was cancelled or is dead, perhaps more than once and in another process than the task's.
    """

    title: Text = field(default_factory=lambda: Text("", ""))
    is_repeatable: bool = False
    explanation: Callable[[BaseException], str] = unexplained
    on_failure: Callable[..., None] | None = None


@dataclass(frozen=True, kw_only=True)
class JobContext(TaskContext):
    """``progress(label, total)`` is a context that gives a function to be told of units done."""

    progress: JobProgress


def job(
    *,
    title: Text,
    queue: str = DEFAULT_TASK_QUEUE_NAME,
    is_repeatable: bool = False,
    explanation: Callable[[BaseException], str] = unexplained,
    on_failure: Callable[..., None] | None = None,
) -> Callable[[Callable[Concatenate[JobContext, P], T]], "JobTask[P, T]"]:
    """Make a function of a module a task; its first argument must be called ``context``."""

    def make(function: Callable[Concatenate[JobContext, P], T]) -> "JobTask[P, T]":
        options: dict[str, Any] = {
            "title": title,
            "is_repeatable": is_repeatable,
            "explanation": explanation,
            "on_failure": on_failure,
        }
        made: Any = django_tasks.task(queue_name=queue, takes_context=True, **options)
        task: JobTask[P, T] = made(function)
        return task

    return make
