"""A small district with every kind of row that the visibility rule tells apart."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product

from django.contrib.gis.geos import LineString, MultiLineString, MultiPolygon, Point, Polygon

from layers.agencies.models import Department, Unit
from layers.base.models import (
    Address,
    Building,
    Division,
    GridCell,
    LandUse,
    PointOfInterest,
    Road,
    Water,
)
from layers.coordinates import STORE_SRID, WEB_HALF, lonlat_to_web
from layers.enforcement.models import DiscretionGrade, EnforcementCase, Violation
from layers.foodsafety.models import Inspection, Premises
from layers.registry.audience import Audience
from layers.services.models import Counter, ServiceItem
from layers.villages.models import VillageSite

LON, LAT = 121.84, 29.90
SHOWN_AT = (LON + 0.001, LAT + 0.001)
"""The middle of the cell of ten addresses, where a person's case is shown."""


@dataclass(frozen=True)
class SmallDistrict:
    building: Building
    premises: Premises
    item: ServiceItem
    counter: Counter
    cases: list[EnforcementCase]


def square(lon: float, lat: float, side: float) -> MultiPolygon:
    ring = Polygon.from_bbox((lon, lat, lon + side, lat + side))
    return MultiPolygon(ring, srid=STORE_SRID)


def point(lon: float, lat: float) -> Point:
    return Point(lon, lat, srid=STORE_SRID)


def make_district() -> SmallDistrict:
    departments = {
        code: Department.objects.create(code=code, name=name, name_en=english)
        for code, name, english in (
            ("UM", "城市管理局", "Urban Management"),
            ("PL", "规划分局", "Planning"),
            ("MS", "市场监督管理局", "Market Supervision"),
        )
    }
    whole = Division.objects.create(
        code="330206000000",
        name="北仑区",
        name_en="Beilun District",
        level="district",
        geom=square(LON - 0.05, LAT - 0.05, 0.1),
    )
    street = Division.objects.create(
        code="330206002000",
        name="新碶街道",
        name_en="Xinqi Subdistrict",
        level="subdistrict",
        parent=whole,
        geom=square(LON - 0.04, LAT - 0.04, 0.08),
    )
    village = Division.objects.create(
        code="330206002200",
        name="大路村",
        name_en="Dalu Village",
        level="village",
        parent=street,
        geom=square(LON - 0.02, LAT - 0.02, 0.04),
    )
    cell = GridCell.objects.create(code="330206002200001", division=village, geom=square(LON, LAT, 0.001))
    building = Building.objects.create(
        name="政务大楼",
        name_en="Government Building",
        address="泰山路1号",
        use="office",
        storeys=8,
        height=28.8,
        geom=square(LON, LAT, 0.0004),
    )
    Building.objects.create(
        address="泰山路3号", use="residential", storeys=6, height=18, geom=square(LON + 0.0008, LAT, 0.0003)
    )
    Road.objects.create(
        name="泰山路",
        road_class="primary",
        rank=3,
        geom=MultiLineString(
            LineString((LON - 0.01, LAT - 0.0005), (LON + 0.01, LAT - 0.0005)), srid=STORE_SRID
        ),
    )
    Water.objects.create(name="中河", kind="river", geom=square(LON - 0.01, LAT + 0.01, 0.004))
    LandUse.objects.create(kind="park", geom=square(LON - 0.01, LAT - 0.01, 0.004))
    Address.objects.create(
        full="北仑区新碶街道泰山路1号",
        road="泰山路",
        number="1",
        division=village,
        building=building,
        geom=point(LON + 0.0002, LAT + 0.0002),
    )
    _addresses_of_a_cell(village)
    PointOfInterest.objects.create(
        name="泰山药店", theme="medical", category="药店", geom=point(LON + 0.0005, LAT + 0.0005)
    )
    unit = Unit.objects.create(
        name="北仑区规划分局办事大厅",
        department=departments["PL"],
        address="泰山路1号",
        geom=point(LON + 0.0001, LAT + 0.0001),
    )
    VillageSite.objects.create(
        code="BLN0001",
        kind="network",
        name="大路村网络站",
        village=village,
        status="online",
        manager="王伟",
        telephone="0574-00001111",
        geom=point(LON + 0.003, LAT),
    )
    item = ServiceItem.objects.create(
        code="PS-1",
        name="居民身份证换领",
        name_en="Renew resident ID card",
        department=departments["PL"],
        theme="identity",
        audience="person",
        online_depth="apply",
    )
    counter = Counter.objects.create(
        name="综合窗口", name_en="Front counter", unit=unit, geom=point(LON + 0.0001, LAT + 0.0002)
    )
    counter.items.add(item)
    premises = Premises.objects.create(
        establishment_id="F1",
        name="海鲜面馆",
        sector="catering",
        grade="A",
        legal_person="李娜",
        phone="0574-00002222",
        division=village,
        geom=point(LON + 0.0006, LAT + 0.0003),
    )
    Premises.objects.create(establishment_id="F2", name="无址小吃", sector="catering")
    for number, visibility in enumerate((Audience.PUBLIC, Audience.DEPARTMENT), 1):
        Inspection.objects.create(
            premises=premises,
            number=f"I{number}",
            department=departments["MS"],
            kind="daily",
            date=date(2026, 1, number),
            result="conform",
            score=95,
            inspectors="赵磊",
            visibility=visibility,
        )
    violation = Violation.objects.create(
        code="V1",
        name="示例违法行为",
        department=departments["UM"],
        violated="《条例》第三条",
        penalised="《条例》第九条",
        valid_from=date(2020, 1, 1),
    )
    DiscretionGrade.objects.create(
        violation=violation, grade="ordinary", circumstances="没有从轻、从重情形", least=0, most=2000
    )
    cases = [
        _case(number, departments[code], party, visibility)
        for number, (code, party, visibility) in enumerate(
            product(("UM", "PL"), ("person", "organisation"), Audience), 1
        )
    ]
    assert cell.pk
    return SmallDistrict(building, premises, item, counter, cases)


def _addresses_of_a_cell(village: Division) -> None:
    """With the one above ten, so that there is a cell in which a person's case is shown."""
    for number in range(1, 10):
        Address.objects.create(
            full=f"北仑区新碶街道老街{number}号",
            road="老街",
            number=str(number),
            division=village,
            geom=point(LON + 0.0018, LAT + 0.0017 + number * 0.00001),
        )


def read_district() -> SmallDistrict:
    return SmallDistrict(
        Building.objects.get(name="政务大楼"),
        Premises.objects.get(establishment_id="F1"),
        ServiceItem.objects.get(),
        Counter.objects.get(),
        list(EnforcementCase.objects.order_by("number")),
    )


def _case(number: int, department: Department, party: str, visibility: int) -> EnforcementCase:
    made: EnforcementCase = EnforcementCase.objects.create(
        number=f"C{number:03d}",
        department=department,
        title="占道经营",
        category="街面秩序",
        procedure="simple",
        state="closed",
        phase="closed",
        lead_source="patrol",
        title_public="占道经营",
        party_kind=party,
        party_name=f"当事人{number}",
        party_id="330206190001010001",
        party_phone="0574-00003333",
        address="泰山路1号门前",
        description="秘密情况",
        reported=datetime(2026, 1, 1, tzinfo=UTC),
        filed=date(2026, 1, 2),
        visibility=visibility,
        geom=point(LON + 0.00013 * number, LAT + 0.00017 * number),
    )
    return made


def tile_at(zoom: int, lon: float = LON + 0.0002, lat: float = LAT + 0.0002) -> str:
    """``z/x/y`` of the tile that holds a position."""
    size = 2 * WEB_HALF / 2**zoom
    x, y = lonlat_to_web(lon, lat)
    return f"{zoom}/{int((x + WEB_HALF) // size)}/{int((WEB_HALF - y) // size)}"
