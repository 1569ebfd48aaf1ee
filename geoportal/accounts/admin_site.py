from django.contrib.admin import AdminSite
from django.http import HttpRequest

from .second_factor.rules import is_required
from .second_factor.sign_in import is_proved


class AdministrationSite(AdminSite):
    """Entered by staff, with their second factor where they must have one."""

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if not super().has_permission(request) or not user.is_authenticated:
            return False
        return is_proved(request) or not is_required(user)
