from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from geoportal.accounts.models import User
from geoportal.accounts.throttle.attempts import begin_attempt
from geoportal.accounts.throttle.devices import account_subject


class ChangeForm(PasswordChangeForm):
    """Whoever finds a browser signed in may not guess the old password without end."""

    def __init__(self, user: User, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        attempt = begin_attempt(self.request, account_subject(self.user.get_username()))
        old = super().clean_old_password()
        attempt.succeed()
        return old


class ForgottenForm(forms.Form):
    """Each asking counts as a guess, or anybody could fill somebody's letter box."""

    name = forms.CharField(
        label=_("Name or e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        begin_attempt(self.request, f"forgotten {name.casefold()}")
        return name

    def accounts(self) -> list[User]:
        """Those that have the name or the address, can be written to, and may sign in."""
        name = self.cleaned_data["name"]
        named = Q(username=name) | Q(email__iexact=name)
        return list(User.objects.filter(named, is_active=True).exclude(email="")[:5])
