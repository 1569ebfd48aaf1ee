"""How far a job is, as pages and their scripts show it."""

from typing import Any

from django.urls import reverse

from layers.jobs.models import Job, JobState

TONES = {
    JobState.QUEUED: "",
    JobState.RUNNING: "note",
    JobState.CANCELLING: "fair",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "fair",
}


def status(job: Job) -> dict[str, Any]:
    """``position`` is how many jobs begin before it, ``page`` where its subject is, ``result`` what it made."""
    state, left = job.state, job.seconds_left
    return {
        "pk": job.pk,
        "url": reverse("job", args=[job.pk]),
        "title": str(job.title),
        "subject": job.subject,
        "page": job.url,
        "state": state.value,
        "state_title": str(state.label),
        "tone": TONES[state],
        "is_active": job.is_active,
        "is_cancellable": state in {JobState.QUEUED, JobState.RUNNING},
        "owner": job.owner,
        "queued": job.task.enqueued_at,
        "begun": job.begun_at,
        "ended": job.ended_at,
        "position": job.queue_position,
        "phase": job.phase,
        "done": job.done,
        "total": job.total,
        "rate": None if job.rate is None else round(job.rate, 1),
        "seconds_left": None if left is None else round(left),
        "reason": job.reason,
        "result": job.result,
    }
