"""Links by which somebody chooses a new password once, within :setting:`PASSWORD_RESET_TIMEOUT`."""

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from geoportal.accounts.models import User


def password_link(user: User, site: str) -> str:
    """``site`` is scheme and host of the portal."""
    place = [urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]
    return site + reverse("password-link", args=place)
