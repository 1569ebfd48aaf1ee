"""Pages with a secret to guess: who has to wait is told until when, and keeps what was typed."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from geoportal.http import wants_json
from layers.errors import TooManyRequests


class GuessFormMixin:
    """For form views whose form raises :class:`TooManyRequests`."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        except TooManyRequests as refused:
            if wants_json(request):
                raise
            return self._wait(refused)
        return answer

    def _wait(self: Any, refused: TooManyRequests) -> HttpResponse:
        given = self.get_form_kwargs()
        typed = given.pop("data")
        given.pop("files")
        form = self.get_form_class()(**given)
        form.initial |= {
            name: typed[name] for name in typed if name in form.fields and "password" not in name
        }
        content = self.get_context_data(form=form, problem=str(refused))
        answer: HttpResponse = self.render_to_response(
            content, status=refused.status, headers=refused.headers
        )
        return answer
