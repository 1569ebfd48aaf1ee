"""Who may import: administrators; for others the pages are not there."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.http import viewer_of
from layers.errors import NotFound
from layers.registry.audience import Audience


def administrators_only(request: HttpRequest) -> None:
    if viewer_of(request).audience < Audience.RESTRICTED:
        raise NotFound(_("There is nothing at this address."))
