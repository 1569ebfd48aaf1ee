from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from geoportal.http import method_not_allowed
from layers.errors import NotFound
from layers.registry.text import Text

from .models import User
from .passwords.links import password_link


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
        view = self.admin_site.admin_view(self.give_link)
        return [path("<int:pk>/password-link/", view, name="password-link"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        person = context.get("original")
        context["may_give_link"] = person is not None and self._may_give_link(request, person)
        return super().render_change_form(request, context, *args, **kwargs)

    def give_link(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A link for a new password, shown once; whoever may change the account may hand it to its owner."""
        if request.method != "POST":
            raise method_not_allowed(["POST"])
        person = User.objects.filter(pk=pk, is_active=True).first() if pk < 2**63 else None
        if person is None or not self._may_give_link(request, person):
            raise NotFound(_("There is nothing at this address."))
        self.log_change(request, person, _("A link for a new password was made."))
        root = request.build_absolute_uri("/").rstrip("/")
        content = {
            **self.admin_site.each_context(request),
            "title": _("A link for a new password"),
            "person": person,
            "link": password_link(person, root),
        }
        response = render(request, "admin/accounts/user/password_link.html", content)
        response["Cache-Control"] = "no-store"
        return response

    def _may_give_link(self, request: HttpRequest, person: User) -> bool:
        asker = cast(User, request.user)
        may_change = self.has_change_permission(request, person)
        return may_change and (asker.is_superuser or not person.is_superuser)
