from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AttestedCredentialData

from geoportal.accounts.models import User
from geoportal.accounts.throttle.attempts import begin_attempt
from geoportal.accounts.throttle.devices import account_subject

from .codes import matching_step, use_code
from .passkeys import made_passkey, use_passkey

SALT = "second factor"
LONGEST_ANSWER = 20_000
PASSKEY_REFUSAL = _("The passkey was not accepted. Try again.")


class PasskeyInput(forms.HiddenInput):
    """What a browser says for a passkey serves once, and is not sent back to it."""

    def format_value(self, value: Any) -> None:
        return None


class GuessForm(forms.Form):
    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user


class PasswordForm(GuessForm):
    """Whoever finds a browser signed in changes no second factor."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_password(self) -> None:
        attempt = begin_attempt(self.request, account_subject(self.user.get_username()))
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."))
        attempt.succeed()


class CodeForm(GuessForm):
    code = forms.CharField(
        label=_("One-time code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )

    refusal = _("The code is not right, or was used already. Wait for the next one.")

    def clean_code(self) -> None:
        account = account_subject(self.user.get_username())
        attempt = begin_attempt(self.request, f"second factor {self.user.pk}", known_as=account)
        if not self.is_right(self.cleaned_data["code"]):
            raise forms.ValidationError(self.refusal)
        attempt.succeed()

    def is_right(self, code: str) -> bool:
        return use_code(self.user, code)


class FactorForm(CodeForm):
    """A code, or what the browser says for a passkey."""

    passkey = forms.CharField(required=False, max_length=LONGEST_ANSWER, widget=PasskeyInput)
    proof = "code"
    field_order = ["passkey", "code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False

    def clean_code(self) -> None:
        if not self.cleaned_data["code"] and not self.cleaned_data.get("passkey"):
            raise forms.ValidationError(self.fields["code"].error_messages["required"], "required")
        super().clean_code()

    def is_right(self, code: str) -> bool:
        answer = self.cleaned_data.get("passkey")
        if not answer:
            return super().is_right(code)
        used = use_passkey(self.request, self.user, answer)
        if used is None:
            self.refusal = PASSKEY_REFUSAL
            return False
        self.proof = f"passkey {used.name}"
        return True


class PasskeyForm(GuessForm):
    name = forms.CharField(
        label=_("Name of the passkey"), max_length=60, help_text=_("Such as “phone” or “key on my ring”.")
    )
    passkey = forms.CharField(max_length=LONGEST_ANSWER, widget=PasskeyInput)
    made: AttestedCredentialData

    def clean_passkey(self) -> None:
        made = made_passkey(self.request, self.cleaned_data["passkey"])
        if made is None:
            raise forms.ValidationError(PASSKEY_REFUSAL)
        self.made = made


class PasskeyWithPasswordForm(PasswordForm, PasskeyForm):
    field_order = ["name", "password", "passkey"]


class SetupForm(CodeForm):
    """``key`` is the new secret, signed: nothing is kept of it until it is proved."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=400)
    step: int
    field_order = ["key", "code"]

    def clean_key(self) -> str:
        try:
            owner, secret = signing.loads(self.cleaned_data["key"], salt=SALT, max_age=3600)
        except (signing.BadSignature, ValueError):
            owner, secret = 0, ""
        if owner != self.user.pk:
            raise forms.ValidationError(_("This page is too old. Load it again."))
        return str(secret)

    def is_right(self, code: str) -> bool:
        secret = self.cleaned_data.get("key")
        step = matching_step(secret, "".join(code.split())) if secret else None
        self.step = step or 0
        return step is not None


class SetupWithPasswordForm(PasswordForm, SetupForm):
    field_order = ["key", "password", "code"]
