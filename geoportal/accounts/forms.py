from typing import Any, cast

from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest

from .throttle.attempts import Attempt, begin_attempt
from .throttle.devices import account_subject


class SignInForm(AuthenticationForm):
    """Name and password; raises :class:`TooManyRequests` where it was tried too often."""

    attempt: Attempt

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username")
        if name is None or not self.cleaned_data.get("password"):
            return self.cleaned_data
        self.attempt = begin_attempt(cast(HttpRequest, self.request), account_subject(name))
        cleaned: dict[str, Any] = super().clean()
        self.attempt.succeed()
        return cleaned
