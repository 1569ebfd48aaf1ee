from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from geoportal.http import method_not_allowed, site_of
from layers.errors import NotFound
from layers.registry.text import Text

from .mail import tell_of_second_factor
from .models import User
from .passwords.links import password_link
from .second_factor.codes import has_second_factor


class AccountForm(UserChangeForm[User]):
    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("officer") and given.get("departments"):
            self.add_error(
                "departments",
                Text(
                    "执法人员的部门以其执法人员信息为准，请在此留空。",
                    "An officer's department is that of the officer's record; leave this empty.",
                ),
            )
        return given


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    form = AccountForm
    list_display = ("username", "role", "is_active", "last_login")
    list_filter = ("role", "is_active", "departments")
    filter_horizontal = ("departments", "groups", "user_permissions")
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        (Text("角色与部门", "Role and departments"), {"fields": ("role", "departments", "officer")}),
    )

    def get_urls(self) -> list[Any]:
        link, removal = map(self.admin_site.admin_view, (self.give_link, self.remove_second_factor))
        return [
            path("<int:pk>/password-link/", link, name="password-link"),
            path("<int:pk>/second-factor-removal/", removal, name="remove-second-factor"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        person = context.get("original")
        context["may_give_link"] = person is not None and self._may_help(request, person)
        context["has_second_factor"] = context["may_give_link"] and has_second_factor(person)
        return super().render_change_form(request, context, *args, **kwargs)

    def give_link(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A link for a new password, shown once; whoever may change the account may hand it to its owner."""
        person = self._person(request, pk)
        self.log_change(request, person, _("A link for a new password was made."))
        content = {
            **self.admin_site.each_context(request),
            "title": _("A link for a new password"),
            "person": person,
            "link": password_link(person, site_of(request)),
        }
        response = render(request, "admin/accounts/user/password_link.html", content)
        response["Cache-Control"] = "no-store"
        return response

    def remove_second_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For whoever lost phone and recovery codes; where one is required it is set up at the next sign-in."""
        person = self._person(request, pk)
        person.second_factors.all().delete()
        tell_of_second_factor(person)
        self.log_change(request, person, _("The second factor was taken away."))
        messages.success(request, _("The second factor was taken away."))
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[pk]))

    def _person(self, request: HttpRequest, pk: int) -> User:
        if request.method != "POST":
            raise method_not_allowed(["POST"])
        person = User.objects.filter(pk=pk, is_active=True).first() if pk < 2**63 else None
        if person is None or not self._may_help(request, person):
            raise NotFound(_("There is nothing at this address."))
        return person

    def _may_help(self, request: HttpRequest, person: User) -> bool:
        asker = cast(User, request.user)
        may_change = self.has_change_permission(request, person)
        return may_change and (asker.is_superuser or not person.is_superuser)
