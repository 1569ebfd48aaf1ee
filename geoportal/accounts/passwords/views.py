from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from geoportal.accounts.guess_form import GuessFormMixin
from geoportal.accounts.mail import send_link
from geoportal.accounts.models import User
from geoportal.accounts.throttle.devices import account_digest, remember_device
from geoportal.http import site_of
from layers.jobs.queue import enqueue

from .forms import ChangeForm, ForgottenForm


@method_decorator(never_cache, name="dispatch")
class ChangeView(GuessFormMixin, PasswordChangeView):
    """Ends all other sessions of the account, as its session hash goes by the password."""

    form_class = ChangeForm
    template_name = "accounts/password.html"
    success_url = reverse_lazy("me")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("The password is changed. All other sessions have ended."))
        return super().form_valid(form)


@method_decorator(never_cache, name="dispatch")
class ForgottenView(GuessFormMixin, FormView[ForgottenForm]):
    """The answer is the same whether there is such an account or not."""

    form_class = ForgottenForm
    template_name = "accounts/forgotten.html"
    success_url = reverse_lazy("sign-in")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"by_mail": settings.HAS_MAIL_SERVER}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.HAS_MAIL_SERVER:
            return HttpResponseRedirect(reverse("forgotten"))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: ForgottenForm) -> HttpResponse:
        site = site_of(self.request)
        for person in form.accounts():
            enqueue(send_link, person.pk, site, key=f"password link {person.pk}")
        sentence = _(
            "If there is such an account and its e-mail address is known, a link is on its way to it."
        )
        messages.success(self.request, sentence)
        return super().form_valid(form)


class LinkView(PasswordResetConfirmView):
    template_name = "accounts/password.html"
    success_url = reverse_lazy("sign-in")
    user: User

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("The new password is set. Sign in with it."))
        response = super().form_valid(form)
        remember_device(self.request, response, account_digest(self.user.get_username()))
        return response
