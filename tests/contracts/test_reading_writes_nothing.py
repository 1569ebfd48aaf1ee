"""Whoever looks changes nothing: no address writes to the database, or beside its caches, when it is read.

The database itself counts what a transaction inserts, changes and removes, whatever way it was asked to. On the same
walk markup in every text that somebody entered is text in every answer.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from geoportal.accounts.models import User
from geoportal.help.handbooks import Handbook
from geoportal.help.markdown import pictures_of
from geoportal.imports import uploads
from geoportal.portal.export import jobs as exports
from importers.models import DeliveryProfile, Import, RowIssue, State
from layers.base.models import Building
from layers.casework.cases.calendar_feeds import renew_feed
from layers.casework.cases.receipts import issue_receipt
from layers.casework.evidence.content_store import store_file
from layers.casework.models import Case, MailAddress, Publication
from layers.enforcement.models import Violation
from layers.jobs.queue import enqueue
from layers.query.models import StoredQuery
from tests.cases.case_story import CaseStory, decided, story
from tests.cases.conftest import people
from tests.contracts.test_every_address import templates
from tests.district import LAT, LON, SmallDistrict, tile_at
from tests.job_worker import work_off
from tests.jobs import samples
from tests.people import client_of, make_person
from tests.security.markup import MARKUP, parsed
from tests.security.planting import plant

pytestmark = pytest.mark.django_db
__all__ = ["decided", "people", "story"]

ADDRESSES = list(templates(get_resolver().url_patterns))
READINGS = {"registry_accesslogentry"}
"""What is written at every address for those who are written about: that their personal data was read."""
CACHES = {
    *("tiles_block", "tiles_blockposition", "tiles_change"),
    *("file tiles", "file raster", "file locks", "file fonts"),
}
CUSTODY = {"casework_event"}
EXPORTS = {"registry_exportlogentry"}
DOWNLOADS = (
    "/layers/buildings/export.csv",
    "/layers/enforcement-cases/export.csv",
    "/layers/units/export.geojson",
)
EXCEPTIONS = {
    "/tiles/{}/{}/{}/{}.pbf": CACHES,
    "/tiles/{}/{}/{}/{}.png": CACHES,
    "/mapproxy/{}": CACHES,
    "/mapproxy/": CACHES,
    **dict.fromkeys(("/layers/{}/export.geojson", "/layers/{}/export.csv", *DOWNLOADS), EXPORTS),
    "/cases/{}/evidence/{}/": CUSTODY,
    "/cases/{}/documents/{}.pdf": CUSTODY,
    "/cases/{}/documents/{}/draft.pdf": CACHES,
    "/cases/{}/events/{}/": CACHES,
    "/cases/{}/file.pdf": CUSTODY | CACHES,
    "/admin/casework/documenttemplate/{}/specimen/": CACHES,
}
"""What is drawn is kept, and the chain of custody and the record of downloads tell who took a file away."""
NOT_SHOWN = {
    *("/tiles/{}/{}/{}/{}.png", "/tiles/{}.heights.json"),  # the district is flat
    *("/imports/layers/{}/", "/cases/{}/evidence/{}/smaller/"),
    *("/cases/publications/", "/field/api/suggestion/", "/cases/statistics/areas.geojson"),
    "/readyz",
}
"""What the scene has nothing for, or nobody who sees it."""
QUERIES = {
    "/place/": f"lon={LON}&lat={LAT}",
    "/search/": "q=泰山",
    "/workbench/": "layer=buildings&filter=storeys>6",
    "/workbench/sketches/": "shape=121.85,29.9;121.86,29.9",
    "/workbench/impact/": "shape=121.85,29.9;121.86,29.9;121.86,29.91",
    "/workbench/sheet/": "layer=buildings&do=buffer&metres=5",
    "/workbench/analysis/": "layer=buildings&do=buffer&metres=5",
    "/cases/search/": "q=桌椅",
    "/field/api/suggestion/": f"lon={LON}&lat={LAT}",
}


@dataclass
class Scene:
    """One thing of every kind that an address can name."""

    parts: dict[str, list[object]]

    def filled(self, template: str) -> str:
        values = self.parts.get(template) or self._by_model(template)
        return template.format(*values) + (f"?{QUERIES[template]}" if template in QUERIES else "")

    def _by_model(self, template: str) -> list[object]:
        """The newest row of the model that an address of the administration is about."""
        if template.count("{}") == 0:
            return []
        words = template.split("/")
        assert words[1] == "admin", f"say in the scene what {template} is asked for"
        model = apps.get_model(words[2], words[3])
        newest = model._default_manager.order_by("-pk").first()
        return [newest.pk if newest else 1] * template.count("{}")


@pytest.fixture
def scene(district: SmallDistrict, decided: CaseStory, own_data_folder: Path) -> Scene:
    case = decided.case
    client_of("officer")
    signed_in, leader = decided.people["first"].officer, decided.people["leader"].officer
    User.objects.filter(username="officer").update(officer=signed_in)
    administrator = make_person("administrator")
    passkey = administrator.second_factors.create(kind="passkey", name="手机")
    violation = Violation.objects.create(
        code="A-1", name="占道", department=case.department, valid_from=case.reported.date()
    )
    piece = case.evidence.filter(original=None).first()
    form = store_file([b"%PDF-1.7 a form"])
    document = case.documents.create(
        code="case_form",
        title="立案单",
        sha256=form.sha256,
        size=form.size,
        template="x",
        made_at=case.reported,
    )
    event = case.events.order_by("pk").first()
    assert piece
    assert event
    assert signed_in
    assert leader
    publication = Publication.objects.create(
        case=case, title="案由", proposed_by=leader, proposed_at=case.reported
    )
    consultation = case.consultations.create(
        step="x", department=case.department, asked_at=case.reported, due=case.reported
    )
    receipt = issue_receipt(case.pk, "party", decided.people["leader"]).receipt
    letter = MailAddress.objects.create(
        receipt=receipt,
        email="a@citizen.example",
        site="http://testserver",
        key="key",
        asked_at=timezone.now(),
    )
    feed = renew_feed(signed_in)
    imported = Import.objects.create(
        layer="buildings", file_name="a.csv", sha256="0" * 64, state=State.WAITING, who=administrator
    )
    file = uploads.file_of(imported)
    file.parent.mkdir(parents=True)
    file.write_text("name,lon,lat\na,121.84,29.9\n")
    guide = pictures_of(Handbook("citizen"), "en")[0]
    guide.path("en").parent.mkdir(parents=True)
    guide.path("en").write_bytes(b"\x89PNG")
    profile = DeliveryProfile.objects.create(layer="pois", schema="0", headings=["name"])
    row = RowIssue.objects.create(imported=imported, row=1, is_held=True, values={"name": "a"}, problems=[])
    export = exports.begin("buildings", "csv", administrator)
    work_off()
    job = enqueue(samples.greet, who=administrator)
    question = StoredQuery.objects.create(owner_id=administrator.pk, title="a", layer="buildings")
    tile: list[object] = list(tile_at(15).split("/"))
    building = Building.objects.latest("pk").pk
    pk = case.pk
    return Scene(
        {
            "/cases/publications/{}/": [publication.pk],
            "/cases/consultations/{}/": [consultation.pk],
            "/cases/{}/events/{}/": [pk, event.pk],
            "/cases/{}/steps/{}/": [pk, "deliver"],
            "/cases/{}/limits/{}/": [pk, 1],
            "/cases/{}/limits/{}/request/": [pk, 1],
            "/cases/{}/notices/{}/": [pk, 1],
            "/cases/{}/subjects/{}/": [pk, 1],
            "/receipts/steps/{}/": ["state_defence"],
            "/receipts/mail/{}/": [letter.key],
            "/cases/deadlines/{}.ics": [feed],
            "/cases/{}/parties/{}/": [pk, 1],
            "/cases/{}/relations/{}/": [pk, 1],
            "/cases/{}/evidence/{}/": [pk, piece.pk],
            "/cases/{}/evidence/{}/smaller/": [pk, piece.pk],
            "/cases/{}/evidence/{}/custody/": [pk, piece.pk],
            "/cases/{}/evidence/{}/confirmation/": [pk, piece.pk],
            "/cases/{}/documents/{}.pdf": [pk, document.pk],
            "/cases/{}/documents/{}/draft.pdf": [pk, "penalty_decision"],
            **{
                template: [pk]
                for template in ADDRESSES
                if template.startswith("/cases/{}/") and template.count("{}") == 1
            },
            "/accounts/password/{}/{}/": ["MQ", "no-such-link"],
            "/accounts/second-factor/passkeys/{}/removal/": [passkey.pk],
            "/field/words/{}.json": ["zh-hans"],
            "/field/api/cases/{}/": [pk],
            "/field/api/photos/{}/": [piece.pk],
            "/help/{}/": ["citizen"],
            "/help/pictures/{}/{}": ["en", guide.file],
            "/imports/layers/{}/": ["no-such"],
            "/imports/{}/": [imported.pk],
            "/imports/profiles/{}/": [profile.pk],
            "/imports/profiles/{}.yaml": [profile.pk],
            "/imports/{}/rows.geojson": [imported.pk],
            "/imports/{}/report.{}": [imported.pk, "csv"],
            "/imports/{}/rows/{}/": [imported.pk, row.pk],
            "/jobs/{}/": [job.pk],
            "/exports/{}/": [export.pk],
            "/workbench/{}/": [question.pk],
            "/ogc/collections/{}": ["buildings"],
            "/ogc/collections/{}/queryables": ["buildings"],
            "/ogc/collections/{}/schema": ["buildings"],
            "/ogc/collections/{}/items": ["buildings"],
            "/ogc/collections/{}/items/{}": ["buildings", building],
            "/layers/{}/export.geojson": ["enforcement-cases"],
            "/layers/{}/export.csv": ["food-premises"],
            "/layers/{}/export": ["buildings"],
            "/place/{}/{}/": ["buildings", building],
            "/tiles/{}/{}/{}/{}.pbf": ["buildings", *tile],
            "/tiles/{}/{}/{}/{}.png": ["terrain", *tile],
            "/tiles/{}.heights.json": ["terrain"],
            "/tiles/{}.json": ["buildings"],
            "/styles/{}.json": ["city"],
            "/mapproxy/{}": ["tiles/1.0.0/basemap/webmercator/0/0/0.png"],
            "/food/{}/": [district.premises.pk],
            "/services/{}/": [district.item.pk],
            "/violations/{}/": [violation.pk],
            "/admin/{}": ["nowhere"],
            "/admin/{}/": ["base"],
            "/admin/r/{}/{}/": [ContentType.objects.get_for_model(Building).pk, building],
        }
    )


def written() -> dict[str, int]:
    """By table, the rows that this transaction inserted, changed or removed so far."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del
            FROM pg_stat_xact_all_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
        """)
        return {name.removeprefix("public."): count for name, count in cursor.fetchall()}


def files(folder: Path) -> dict[str, int]:
    """The times of everything in the data folder, folders too: what was there for a moment is seen by them.

    Fonts are only linked there and are others' to change."""
    return {str(path.relative_to(folder)): path.lstat().st_mtime_ns for path in folder.rglob("*")}


def touched(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {f"file {name.split('/')[0]}" for name, _time in set(before.items()) ^ set(after.items())}


HTML, JSON = "text/html", "application/json"
ASKERS = {"public": (HTML, JSON), "officer": (HTML, JSON), "administrator": (HTML,)}
LISTS = [
    *("/cases/", "/services/", "/food/", "/layers/", "/search/?q=script", "/ogc/collections"),
    *DOWNLOADS,
    *("/cases/search/?q=script", "/cases/statistics/table.csv", "/imports/", "/styles/units.json"),
    "/ogc/collections/units/items",
]
ISSUED = "/cases/{}/documents/{}.pdf"
"""What the scene keeps there is no real document; those that are drawn are."""


@dataclass
class Walk:
    """By template the statuses, by who asked and how the tables and folders written to, by form the addresses that
    told what was planted."""

    scene: Scene
    folder: Path
    answers: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    wrote: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    said: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def all(self, role: str) -> None:
        client = client_of(role)
        before = written(), files(self.folder)
        for template in [*ADDRESSES, *LISTS]:
            for accept in ASKERS[role]:
                kind = self.look(client, role, template, accept)
                after = written(), files(self.folder)
                tables = {name for name, count in after[0].items() if count != before[0].get(name)}
                found = tables | touched(before[1], after[1])
                before = after
                if found := found - READINGS - EXCEPTIONS.get(template, set()):
                    self.wrote[role, accept, template] = found
                if kind not in ASKERS[role]:
                    break  # what has one form alone has it for whoever asks

    def look(self, client: Client, role: str, template: str, accept: str) -> str:
        address = template if template in LISTS else self.scene.filled(template)
        response: Any = client.get(address, headers={"accept": accept})
        body = b"".join(response.streaming_content) if response.streaming else response.content
        status, kind = int(response.status_code), str(response["Content-Type"]).split(";")[0]
        self.answers[template].add(200 if status == 302 and role != "public" else status)
        if status == 200 and body and template != ISSUED:
            texts = parsed(kind, body)
            self.said[kind] |= {
                address for text in texts if MARKUP in text or MARKUP in text.replace(" ", "")
            }
        return kind


@pytest.fixture
def planted(scene: Scene) -> set[str]:
    taken = plant(MARKUP)
    RowIssue.objects.update(
        values={MARKUP: MARKUP}, problems=[dict.fromkeys(("field", "value", "wrong", "done"), MARKUP)]
    )
    DeliveryProfile.objects.update(headings=[MARKUP])
    Import.objects.update(proposal={"title": MARKUP}, options={"source": MARKUP})
    return taken


def test_no_address_writes_when_it_is_read_and_markup_in_rows_is_text_in_every_answer(
    planted: set[str], scene: Scene, own_data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "geoportal.accounts.idleness.INTERVAL", timedelta(days=1)
    )  # last use is noted by the clock
    walk = Walk(scene, own_data_folder)
    for role in ASKERS:
        walk.all(role)
    assert walk.wrote == {}
    assert {template for template, found in walk.answers.items() if max(found) >= 500} == {"/readyz"}
    shown = {template for template, found in walk.answers.items() if found & {200, 204, 405}}
    assert {each for each in ADDRESSES if not each.startswith("/admin/")} - shown == NOT_SHOWN
    forms = {kind for kind, addresses in walk.said.items() if addresses}
    assert {HTML, JSON, "text/csv", "application/geo+json", "application/pdf"} <= forms
    (case,) = Case.objects.filter(family="enforcement", events__isnull=False).distinct()
    pages = {f"/cases/{case.pk}/", "/cases/inbox/", "/imports/", "/cases/", "/food/", "/services/", "/field/"}
    assert pages - walk.said[HTML] == {"/field/"}
