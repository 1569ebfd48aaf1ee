from typing import Any

import pyotp
import segno
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from geoportal.accounts.guess_form import GuessFormMixin
from geoportal.accounts.mail import tell_of_second_factor
from geoportal.accounts.models import Session, User
from geoportal.accounts.throttle.devices import account_digest, remember_device

from .codes import has_authenticator, has_second_factor, keep_authenticator
from .forms import SALT, FactorForm, PasswordForm, SetupForm, SetupWithPasswordForm
from .passkeys import offers_passkeys, own_passkeys, passkey_options
from .rules import is_required
from .sign_in import PROVED, complete_sign_in, pending_user

ISSUER = "Geoportal"


@method_decorator(never_cache, name="dispatch")
class PersonView(GuessFormMixin, FormView[Any]):
    """For who is signed in, or is about to be."""

    person: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = request.user if request.user.is_authenticated else pending_user(request)
        if person is None:
            return HttpResponseRedirect(reverse("sign-in"))
        self.person = person
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request, "user": self.person}

    def finish(self, codes: list[str], proof: str) -> HttpResponse:
        """A new second factor counts from now on; the recovery codes are shown once."""
        tell_of_second_factor(self.person)
        following = reverse("me")
        if not self.request.user.is_authenticated:
            following = complete_sign_in(self.request, self.person, proof)["Location"]
        self.request.session[PROVED] = proof
        end_others(self.request, self.person)
        content = {"codes": codes, "next": following}
        response = render(self.request, "accounts/recovery_codes.html", content)
        remember_device(self.request, response, account_digest(self.person.get_username()))
        return response


class CodeView(PersonView):
    template_name = "accounts/second_factor.html"
    form_class = FactorForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = None if request.user.is_authenticated else pending_user(request)
        if person is None or not has_second_factor(person):
            return HttpResponseRedirect(reverse("second-factor-setup"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_passkey = offers_passkeys(self.request) and own_passkeys(self.person).exists()
        options = passkey_options(self.request, self.person) if has_passkey else ""
        return super().get_context_data(**kwargs) | {
            "options": options,
            "has_authenticator": has_authenticator(self.person),
        }

    def form_valid(self, form: FactorForm) -> HttpResponse:
        return complete_sign_in(self.request, self.person, form.proof)


class SetupView(PersonView):
    """A new authenticator app instead of the old one."""

    template_name = "accounts/second_factor_setup.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = None if request.user.is_authenticated else pending_user(request)
        if person is not None and has_second_factor(person):
            return HttpResponseRedirect(reverse("second-factor"))
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[SetupForm]:
        return SetupWithPasswordForm if self.request.user.is_authenticated else SetupForm

    def get_initial(self) -> dict[str, Any]:
        return {"key": signing.dumps([self.person.pk, pyotp.random_base32()], salt=SALT)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        content = super().get_context_data(**kwargs)
        secret = _secret(content["form"]["key"].value() or "")
        address = (
            pyotp.TOTP(secret).provisioning_uri(name=self.person.get_username(), issuer_name=ISSUER)
            if secret
            else ""
        )
        return content | {
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "picture": segno.make(address, error="m").svg_data_uri(scale=5) if address else "",
            "has_one": has_authenticator(self.person),
            "is_required": is_required(self.person),
        }

    def form_valid(self, form: SetupForm) -> HttpResponse:
        codes = keep_authenticator(self.person, form.cleaned_data["key"], form.step)
        return self.finish(codes, "code")


class RemoveView(PersonView):
    template_name = "accounts/second_factor_removal.html"
    form_class = PasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated or is_required(user) or not has_second_factor(user):
            return HttpResponseRedirect(reverse("second-factor-setup"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"passkeys": own_passkeys(self.person)}

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        self.person.second_factors.all().delete()
        tell_of_second_factor(self.person)
        messages.success(self.request, _("You sign in with the password alone again."))
        return HttpResponseRedirect(reverse("me"))


def end_others(request: HttpRequest, user: User) -> None:
    Session.objects.filter(user=user).exclude(pk=request.session.session_key).delete()


def _secret(key: str) -> str:
    try:
        return str(signing.loads(key, salt=SALT)[1])
    except signing.BadSignature:
        return ""
