"""Days on which the district's calendar differs; every limit that runs follows at once."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from layers.casework.access.actor import Actor
from layers.casework.calendar.working_calendar import WorkingCalendar
from layers.casework.deadlines import recalculation
from layers.casework.deadlines.calendar_changes import recalculate_limits
from layers.jobs.models import Job, JobState

from ...registry.text import Text
from ..models import CalendarDay


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("day", "weekday", "is_working", "announced", "note")
    list_filter = ("is_working",)
    date_hierarchy = "day"
    search_fields = ("note",)

    @admin.display(description=Text("星期", "Weekday"))
    def weekday(self, obj: CalendarDay) -> str:
        zh, en = "一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        return str(Text(f"星期{zh[obj.day.weekday()]}", en[obj.day.weekday()]))

    @admin.display(description=Text("国务院通知为工作日", "Working day as announced"), boolean=True)
    def announced(self, obj: CalendarDay) -> bool:
        return WorkingCalendar().is_working(obj.day)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._recalculate(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self._recalculate(request)

    def delete_queryset(self, request: HttpRequest, queryset: "models.QuerySet[Any]") -> None:
        super().delete_queryset(request, queryset)
        self._recalculate(request)

    def _recalculate(self, request: HttpRequest) -> None:
        by, count = str(request.user), recalculation.concerned()
        if count <= recalculation.FEW:
            self._report(request, recalculate_limits(Actor(by)))
            return
        recalculation.begin(by, request.user)
        self.message_user(
            request,
            Text(
                f"正在后台重新计算 {count} 件案件的期限，完成后在本页显示结果。",
                f"The limits of {count} cases are being counted anew; this page will say how many moved.",
            ),
            messages.INFO,
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        newest = recalculation.last()
        if newest and request.method == "GET":
            messages.info(request, str(_recalculation_text(newest)))
        return super().changelist_view(request, extra_context)

    def _report(self, request: HttpRequest, moved: int) -> None:
        text = Text(
            f"已重新计算期限，{moved} 项有变化。", f"Limits were counted anew; {moved} of them moved."
        )
        self.message_user(request, text, messages.SUCCESS)


def _recalculation_text(job: Job) -> Text:
    began = f"{timezone.localtime(job.task.enqueued_at):%m-%d %H:%M}"
    match job.state:
        case JobState.DONE:
            moved = job.result["moved"]
            return Text(
                f"最近一次重新计算：{began}（{job.owner}），{moved} 项期限有变化。",
                f"Last counted anew on {began} ({job.owner}): {moved} limits moved.",
            )
        case JobState.FAILED | JobState.CANCELLED:
            return Text(
                f"{began} 的期限重新计算（{job.owner}）没有完成：{job.reason}",
                f"Limits were not all counted anew on {began} ({job.owner}): {job.reason}",
            )
    return Text(
        f"{began} 起正在重新计算期限（{job.owner}）。",
        f"Limits are being counted anew since {began} ({job.owner}).",
    )
