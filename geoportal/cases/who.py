"""The person behind a request, as one who acts on cases or reads them."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.accounts.models import User
from geoportal.negotiation import Missing, viewer_of
from layers.casework.access import is_own
from layers.casework.acting import Acting
from layers.casework.models import Case
from layers.registry.personal import record_reading
from layers.registry.registration import get_layer

LAYER = "enforcement-cases"
LARGEST = 2**63


def acting_of(request: HttpRequest) -> Acting:
    """An officer in service acts as that officer; others only read."""
    user = request.user
    if not isinstance(user, User):
        return Acting("")
    officer = user.officer
    if officer is not None and officer.is_active:
        return Acting(officer.name, officer)
    return Acting(user.get_full_name() or user.username)


def own_case(request: HttpRequest, pk: int) -> Case:
    """A case whose log, evidence and documents are this viewer's to read; Missing for everybody else."""
    found = (
        Case.objects.select_related("department", "division", "grid_cell").filter(pk=pk).first()
        if pk < LARGEST
        else None
    )
    if found is None or not is_own(found, viewer_of(request)):
        raise Missing(_("There is no such case."))
    return found


def note_reading(request: HttpRequest, case: Case) -> None:
    """The record of personal data that was read: documents name the party."""
    viewer = viewer_of(request)
    layer = get_layer(LAYER, viewer)
    row = {
        "id": case.pk,
        "party_name": case.party_name,
        "party_id": case.party_id,
        "party_phone": case.party_phone,
    }
    record_reading(layer, viewer, layer.attributes, [row])
