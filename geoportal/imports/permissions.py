"""Who may import: administrators; for others the pages are not there."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.http import Missing, viewer_of
from layers.registry.audience import Audience


def administrators_only(request: HttpRequest) -> None:
    if viewer_of(request).audience < Audience.RESTRICTED:
        raise Missing(_("There is nothing at this address."))
