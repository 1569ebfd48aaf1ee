"""Who is signed in, and what that lets them see."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from layers.agencies.models import Department
from layers.errors import Forbidden

from .forms import SignInForm
from .guess_form import GuessFormMixin
from .models import User
from .second_factor.codes import has_second_factor
from .second_factor.rules import is_required
from .second_factor.sign_in import begin_sign_in
from .throttle.devices import remember_device


class SignInView(GuessFormMixin, LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        person: User = form.get_user()
        if has_second_factor(person) or is_required(person):
            begin_sign_in(self.request, person, self.get_success_url())
            return HttpResponseRedirect(reverse("second-factor"))
        response = super().form_valid(form)
        remember_device(self.request, response, form.attempt.account)
        return response


def administration_sign_in(request: HttpRequest) -> HttpResponse:
    """The administration has no door of its own, at which guesses would have to be counted too."""
    if admin.site.has_permission(request):
        return HttpResponseRedirect(reverse("admin:index"))
    if request.user.is_authenticated:
        raise Forbidden(_("The administration is for staff; your account is not one of theirs."))
    following = request.GET.get("next") or reverse("admin:index")
    return HttpResponseRedirect(f"{reverse('sign-in')}?{urlencode({'next': following})}")


@login_required
def me(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    departments = Department.objects.filter(code__in=person.department_codes())
    return render(request, "accounts/me.html", {"person": person, "departments": departments})
