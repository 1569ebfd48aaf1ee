from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.accounts.mail import tell_of_second_factor
from geoportal.accounts.models import SecondFactor, User
from layers.errors import NotFound

from .codes import has_second_factor
from .forms import PasskeyForm, PasskeyWithPasswordForm, PasswordForm
from .passkeys import keep_passkey, new_passkey_options, offers_passkeys, own_passkeys
from .rules import is_required
from .sign_in import pending_user
from .views import PersonView, end_others


class PasskeysView(PersonView):
    """One's own passkeys, and the form to add one: also as the first second factor, instead of an app."""

    template_name = "accounts/passkeys.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = None if request.user.is_authenticated else pending_user(request)
        if person is not None and has_second_factor(person):
            return HttpResponseRedirect(reverse("second-factor"))
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[PasskeyForm]:
        return PasskeyWithPasswordForm if self.request.user.is_authenticated else PasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_offered = offers_passkeys(self.request)
        return super().get_context_data(**kwargs) | {
            "passkeys": own_passkeys(self.person),
            "options": new_passkey_options(self.request, self.person) if is_offered else "",
        }

    def form_valid(self, form: PasskeyForm) -> HttpResponse:
        name = form.cleaned_data["name"]
        codes = keep_passkey(self.person, form.made, name)
        if codes:
            return self.finish(codes, f"passkey {name}")
        tell_of_second_factor(self.person)
        messages.success(self.request, _("The passkey was added."))
        return HttpResponseRedirect(reverse("passkeys"))


class PasskeyRemovalView(PersonView):
    template_name = "accounts/passkey_removal.html"
    form_class = PasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(reverse("sign-in"))
        if not self._found(request).exists():
            raise NotFound(_("There is no such passkey."))
        return super().dispatch(request, *args, **kwargs)

    def _found(self, request: HttpRequest) -> Any:
        pk = self.kwargs["pk"]
        return own_passkeys(request.user).filter(pk=pk if pk < 2**63 else 0)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"passkey": self._found(self.request).get()}

    @transaction.atomic
    def form_valid(self, form: PasswordForm) -> HttpResponse:
        """Holds the account, so that of two removals at once the second finds its passkey the only one."""
        User.objects.select_for_update().get(pk=self.person.pk)
        factors = self.person.second_factors.exclude(kind=SecondFactor.RECOVERY)
        is_last = not factors.exclude(pk=self.kwargs["pk"]).exists()
        if is_last and is_required(self.person):
            form.add_error(
                None, _("It is your only second factor, and you must have one: add another first.")
            )
            return self.form_invalid(form)
        self._found(self.request).delete()
        if is_last:
            self.person.second_factors.all().delete()
        end_others(self.request, self.person)
        tell_of_second_factor(self.person)
        messages.success(self.request, _("The passkey was removed, and all other sessions have ended."))
        return HttpResponseRedirect(reverse("passkeys"))
