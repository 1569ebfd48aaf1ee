"""Who has shown the secret of a receipt: for two hours the session opens that one case, and nothing else."""

import time

from django.http import HttpRequest

from geoportal.accounts.throttle.attempts import begin_attempt
from layers.casework.cases.receipts import find_receipt, is_usable, receipts_in_force, typed_signs
from layers.casework.models import Receipt

KEY = "receipt"
SECONDS = 2 * 3600
SIGNS_KEPT = 16
"""Of the hash of the secret, by which a session knows that it was not made anew since."""
LONGEST = 100
"""Signs of a number that are kept of a guess."""


def enter(request: HttpRequest) -> Receipt | None:
    """The receipt whose number and secret the form gives; None where they do not match, which counts as a guess."""
    number, secret = (request.POST.get(name, "") for name in ("number", "secret"))
    attempt = begin_attempt(request, f"receipt {typed_signs(number)[:LONGEST]}")
    found = find_receipt(number, secret)
    if found is None:
        return None
    attempt.succeed()
    request.session.cycle_key()
    request.session[KEY] = {
        "id": found.pk,
        "secret": found.secret[:SIGNS_KEPT],
        "until": time.time() + SECONDS,
    }
    return found


def receipt_of(request: HttpRequest) -> Receipt | None:
    """The receipt that the session may use: as long as its time lasts and it is not revoked, nor its secret made anew."""
    kept = request.session.get(KEY)
    if not kept or kept["until"] < time.time():
        return None
    known = receipts_in_force().select_related("case__department", "case__version", "case__joined_to")
    found = known.filter(pk=kept["id"]).first()
    is_current = found is not None and found.secret.startswith(kept["secret"])
    return found if found and is_current and is_usable(found) else None


def end(request: HttpRequest) -> None:
    if request.user.is_authenticated:
        request.session.pop(KEY, None)
    else:
        request.session.flush()
