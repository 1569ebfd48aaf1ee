"""Makes the tables of an installation that has the room, and fills them: a process of its own, as the settings are."""

import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

BENCHES = """\
code,lon,lat,material,repair_cost,keeper_phone,department,visibility
街椅一,121.840,29.900,wood,47110,13800000001,UM,0
街椅二,121.842,29.900,stone,47120,13800000002,PL,0
街椅三,121.900,29.900,wood,47130,13800000003,UM,2
"""


REPORTS = (("椅面断裂", 121.840), ("椅背松动", 121.842), ("椅脚生锈", 121.844), ("扶手松脱", 121.846))
"""The first is logged and mended on the phone, with a slip; of the second the other department is asked, and told to move the bench; the third is
handed over to it; the last is its case too, and it gives the bench up."""
CELLS = (121.839, 121.841, 121.843, 121.845)
"""The west ends of cells of the grid, one around each of them."""
SPONSOR = "海港木业公司"
SHED = "园林工具房"
QUESTION, ORDER = "能否移到路对面？", "移到路对面"
MENDING = {
    "work": "更换椅面",
    "hours": 3,
    "parts": ["bolt", "slat"],
    "cost": "86.5",
    "helper": "K1",
    "supplier": "UM",
    "closed_off": "121.8399,29.8999\n121.8401,29.8999\n121.8401,29.9001",
    "checked": {"bolts": {"result": "pass"}, "slats": {"result": "fail", "note": "一条有裂纹"}},
}


def send(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What the officer's phone sends, and what it is answered."""
    from tests.people import client_of

    told = {"key": str(uuid4()), "device_time": timezone.now().isoformat(), **body}
    answer = client_of("officer").post(f"/field/api/{path}/", json.dumps(told), "application/json")
    assert answer.status_code == 200, answer.content.decode()
    return dict(answer.json())


def report_by_phone(actor: Any, bench: str) -> int:
    """Opened with who takes part and the bench that it is about, and mended with a checklist, on the phone alone."""
    from geoportal.cases.documents.pdf import document_renderer
    from layers.casework.documents.issuance import issue_document
    from layers.casework.models import Case

    title, lon = REPORTS[0]
    opened = send(
        "cases",
        {
            "category": "seat",
            "procedure": "bench-report-of-city",
            "title": title,
            "position": {"lon": lon, "lat": 29.9, "accuracy": 5},
            "party_kind": "organisation",
            "party_name": SPONSOR,
            "parties": [{"role": "reporter", "kind": "person", "name": "赵报修", "phone": "13800004321"}],
            "subjects": [{"feature": bench}],
        },
    )
    number = int(opened["case"]["id"])
    send(
        "steps",
        {
            "case": number,
            "step": "mend",
            "revision": opened["revision"],
            "fields": {**MENDING, "bench": bench},
        },
    )
    issue_document(number, "bench_slip", actor, document_renderer(Case.objects.get(pk=number)))
    return number


def report(actor: Any, title: str, lon: float) -> int:
    """The number of a case of the room's own family, opened and brought on by the verbs of every family."""
    from django.contrib.gis.geos import Point

    from layers.casework.cases.creation import CaseIntake, open_case
    from layers.casework.cases.effects import StepInput
    from layers.casework.cases.transitions import take_step
    from layers.casework.procedures.versions import version_in_force

    version = version_in_force("bench-report-of-city")
    place = Point(lon, 29.9, srid=settings.STORE_SRID)
    party = {"party_kind": "organisation", "party_name": SPONSOR}
    intake = CaseIntake(title, actor.officer.department, version, "seat", position=place, party=party)
    case = open_case(intake, actor)
    if title == REPORTS[1][0]:
        take_step(case.pk, "ask_around", actor, StepInput(note=QUESTION))
        take_step(case.pk, "order_move", actor, StepInput({"more": "原处有管线"}, note=ORDER))
    return int(case.pk)


def hand_over(actor: Any, case: int) -> None:
    from layers.agencies.models import Department
    from layers.casework.cases import assignment

    assignment.hand_over(case, Department.objects.get(code="PL"), "在其管辖的绿地内", actor)


def make_shed() -> int:
    """A building beside the second bench; its number."""
    from django.contrib.gis.geos import MultiPolygon, Polygon

    from layers.base.models import Building

    outline = Polygon.from_bbox((121.8421, 29.9001, 121.8422, 29.9002))
    return int(Building.objects.create(name=SHED, geom=MultiPolygon(outline, srid=settings.STORE_SRID)).pk)


def concern(actor: Any, reports: list[int], bench: int, shed: int) -> None:
    """The second is about a bench and the building beside it too, and follows the first."""
    from layers.casework.cases import relations
    from layers.casework.models import Case, RelationKind

    first, second = reports[:2]
    relations.add_subject(second, "benches", bench, "街椅二", actor)
    relations.add_subject(second, "buildings", shed, SHED, actor)
    relations.relate(second, Case.objects.get(pk=first), RelationKind.FOLLOWS, actor)


def share(actor: Any, case: int, other: Any) -> None:
    """The other department handles it as well, and ends it."""
    from layers.agencies.models import Department
    from layers.casework.cases import assignment
    from layers.casework.cases.transitions import take_step

    assignment.share(case, [Department.objects.get(code="PL")], "两个部门的绿地", actor)
    take_step(case, "give_up", other)


def make_cells() -> None:
    from django.contrib.gis.geos import MultiPolygon, Polygon

    from layers.base.models import Division, GridCell

    def around(west: float, east: float) -> MultiPolygon:
        return MultiPolygon(Polygon.from_bbox((west, 29.899, east, 29.901)), srid=settings.STORE_SRID)

    village = Division.objects.create(
        code="330206002200", name="大路村", level="village", geom=around(CELLS[0], CELLS[-1] + 0.002)
    )
    for number, west in enumerate(CELLS, 1):
        GridCell.objects.create(
            code=f"{village.code}{number:03}", division=village, geom=around(west, west + 0.002)
        )


def receipts_of(actor: Any, reports: list[int]) -> list[tuple[str, str]]:
    """Number and secret of each report's receipt."""
    from layers.casework.cases.receipts import issue_receipt

    made = [issue_receipt(report, "reporter", actor) for report in reports]
    return [(each.receipt.number, each.secret) for each in made]


def main(folder: Path) -> None:
    """Prints the numbers of the benches by their codes, of the shed and the reports, a session for each role and receipts."""
    django.setup()
    from geoportal.accounts.models import User
    from layers.agencies.models import Department, Officer
    from layers.casework.access.actor import Actor
    from tests.benches.models import Bench, Repair
    from tests.people import ROLES, client_of

    call_command("migrate", verbosity=0)
    call_command("publish_layers", verbosity=0)
    call_command("check", databases=["default"], fail_level="WARNING")
    settings.PASSWORD_HASHERS = ["tests.people.QuickHasher"]
    settings.ALLOWED_HOSTS = ["testserver"]
    for code, name in (("UM", "城市管理局"), ("PL", "规划分局")):
        Department.objects.create(code=code, name=name, name_en=name)
    file = folder / "benches.csv"
    file.write_text(BENCHES)
    words = {"layer": "benches", "source": "街道办", "source_crs": "EPSG:4490", "anywhere": True}
    call_command("import_layer", str(file), **words)
    benches = dict(Bench._default_manager.values_list("code", "pk"))
    Repair._default_manager.create(bench_id=benches["街椅一"], work="更换椅背")
    officer = Officer.objects.create(
        code="K1", name="看护员甲", department=Department.objects.get(code="UM"), posts=["bench_keeper"]
    )
    other = Officer.objects.create(
        code="K2", name="看护员乙", department=Department.objects.get(code="PL"), posts=["bench_keeper"]
    )
    sessions = {role: client_of(role).cookies["sessionid"].value for role in ROLES}
    User.objects.filter(username="officer").update(officer=officer)
    User.objects.filter(username="other_officer").update(officer=other)
    actor = Actor(officer.name, officer)
    make_cells()
    first = report_by_phone(actor, f"benches/{benches['街椅一']}")
    reports = [first, *(report(actor, title, lon) for title, lon in REPORTS[1:])]
    shed = make_shed()
    concern(actor, reports, benches["街椅二"], shed)
    held = receipts_of(actor, reports[:2])
    hand_over(actor, reports[2])
    share(actor, reports[3], Actor(other.name, other))
    told = {"benches": benches, "shed": shed, "sessions": sessions, "reports": reports, "receipts": held}
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
