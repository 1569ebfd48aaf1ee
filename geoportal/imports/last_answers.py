"""What was answered about the last file of the same sender, filled in on the page of the next."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from geoportal.features.feature_text import display_name
from importers.examination import Examination, examine
from importers.history import delivery_profile
from importers.models import DeliveryProfile, Import, State
from importers.options import ImportOptions
from layers.agencies.models import Department

DECIDED = "source_crs"
"""Among the options once somebody has sent the form."""


class LastAnswers:
    """Fills an import's options and proposal, in this process only, where nobody has decided yet."""

    def __init__(self, imported: Import) -> None:
        self.imported = imported
        self.is_decided = DECIDED in imported.options
        self.is_system_remembered = False
        self.profile = delivery_profile.recall(self._layer, self._sender, imported.who)

    @property
    def _layer(self) -> str:
        waits = self.imported.proposal and self.imported.state not in {State.LOADED, State.UNDONE}
        return delivery_profile.NEW if waits else self.imported.layer

    @property
    def _sender(self) -> str:
        return str(self.imported.options.get("sender") or "")

    @property
    def encoding(self) -> str | None:
        """In which the file of last time was read, where nobody has decided yet."""
        said = self.profile.options.get("encoding") if self.profile and not self.is_decided else None
        return str(said) if said else None

    def examine(self, path: Path) -> Examination:
        """Where the file leaves its encoding open it is read in that of last time."""
        chosen = ImportOptions.from_record(self.imported)
        found = examine(path, chosen.file_layer, chosen.encoding, self.encoding)
        if found.readings and self.encoding:
            self.imported.options = self.imported.options | {"encoding": self.encoding}
        return found

    @property
    def options(self) -> ImportOptions:
        return ImportOptions.from_record(self.imported, is_system_remembered=self.is_system_remembered)

    def fill(self, headings: list[str]) -> dict[str, Any] | None:
        """For the page: whose answers they are and which stand; None where nothing is known of the sender."""
        profile = delivery_profile.recall_for(self._layer, self._sender, self.imported.who, headings)
        if profile is None:
            return None
        answers = delivery_profile.answers_for(profile, headings)
        if not self.is_decided:
            found = {name: answer for name, answer in answers.items() if name != "encoding"}
            if self.imported.source:
                found.pop("source", None)  # said when the file was sent
            self.is_system_remembered = DECIDED in found
            self.imported.options = found | self.imported.options
            self._fill_proposal(profile, headings)
        options = self.imported.options
        same = [
            name
            for name in delivery_profile.READING
            if answers.get(name) and options.get(name) == answers[name]
        ]
        return {
            "sender": sender_name(profile),
            "used": profile.used,
            "url": reverse("delivery-profile", args=[profile.pk]),
            "same": same,
            "columns": _same_columns(profile, answers, self.imported),
        }

    def _fill_proposal(self, profile: DeliveryProfile, headings: list[str]) -> None:
        known = profile.proposal.get("columns", {})
        columns = {heading: known[heading] for heading in headings if heading in known}
        if not columns or self.imported.proposal.get("columns"):
            return
        self.imported.proposal["columns"] = columns
        if profile.proposal.get("geometry") and "geometry" not in self.imported.proposal:
            self.imported.proposal["geometry"] = profile.proposal["geometry"]
        for name in ("title_column", "key"):
            said = profile.proposal.get(name)
            if said and set([said] if isinstance(said, str) else said) <= set(headings):
                self.imported.proposal[name] = said


def _same_columns(profile: DeliveryProfile, answers: dict[str, Any], imported: Import) -> list[str]:
    """Fields of the layer, else headings of a new one, about which the same stands as last time."""
    mapped = {**answers.get("headings", {}), **answers.get("values", {})}
    chosen = {**imported.options.get("headings", {}), **imported.options.get("values", {})}
    found = [name for name, said in mapped.items() if chosen.get(name) == said]
    known, columns = profile.proposal.get("columns", {}), imported.proposal.get("columns", {})
    return found + [heading for heading, said in columns.items() if known.get(heading) == said]


def remember_proposal(imported: Import) -> None:
    """For the sender's next file that becomes a layer of its own."""
    proposal = {name: imported.proposal.get(name) for name in ("columns", "title_column", "key", "geometry")}
    delivery_profile.remember(
        delivery_profile.NEW,
        imported.proposal.get("columns", {}),
        ImportOptions.from_record(imported),
        {name: said for name, said in proposal.items() if said},
    )


def senders() -> list[dict[str, str]]:
    return [{"value": each.code, "label": display_name(each)} for each in Department.objects.order_by("code")]


def own_sender(request: HttpRequest) -> str:
    """The department of who sends a file, where it is but one."""
    codes = list(request.user.department_codes()) if request.user.is_authenticated else []
    return codes[0] if len(codes) == 1 else ""


def sender_name(profile: DeliveryProfile) -> str:
    if profile.department:
        return display_name(profile.department)
    return profile.person.get_username() if profile.person else ""
