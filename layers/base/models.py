"""Base geography: divisions, unit grid, addresses, roads, water, land use, buildings, points of interest."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError

from ..registry.models import LineFeature, PointFeature, PolygonFeature
from ..registry.text import Text
from .rules import division_code_errors


class DivisionLevel(models.TextChoices):
    DISTRICT = "district", Text("区", "District")
    SUBDISTRICT = "subdistrict", Text("街道", "Subdistrict")
    ZONE = "zone", Text("功能区", "Zone")
    VILLAGE = "village", Text("行政村", "Village")
    COMMUNITY = "community", Text("社区", "Community")


class Division(PolygonFeature):
    """An administrative division; ``code`` has 12 digits, a parent's followed by zeros."""

    code = models.CharField(Text("区划代码", "Division code"), max_length=12, unique=True)
    name = models.CharField(Text("名称", "Name"), max_length=80)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=120, blank=True)
    level = models.CharField(Text("级别", "Level"), max_length=12, choices=DivisionLevel.choices)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=Text("上级", "Part of"),
    )
    households = models.IntegerField(Text("户数", "Households"), null=True, blank=True)
    population = models.IntegerField(Text("人口", "Population"), null=True, blank=True)

    class Meta(PolygonFeature.Meta):
        verbose_name = Text("行政区划", "division")
        verbose_name_plural = Text("行政区划", "divisions")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        errors = division_code_errors(self.code, self.level, self.parent.code if self.parent else "")
        if errors:
            raise ValidationError({"code": errors})


class GridCell(PolygonFeature):
    """A unit-grid cell of digital urban management; ``code`` has 15 digits: village code and a sequence of 3."""

    code = models.CharField(Text("网格编码", "Grid code"), max_length=15, unique=True)
    division = models.ForeignKey(
        Division, models.SET_NULL, null=True, blank=True, verbose_name=Text("所属社区", "Division")
    )
    area = models.FloatField(Text("面积", "Area"), null=True, blank=True, help_text="m²")
    responsible = models.CharField(Text("责任主体", "Responsible body"), max_length=120, blank=True)
    management_level = models.SmallIntegerField(Text("管理等级", "Management level"), null=True, blank=True)
    valid_from = models.DateField(Text("启用日期", "Valid from"), null=True, blank=True)

    class Meta(PolygonFeature.Meta):
        verbose_name = Text("单元网格", "unit grid cell")
        verbose_name_plural = Text("单元网格", "unit grid")

    def __str__(self) -> str:
        return self.code


class RoadClass(models.TextChoices):
    MOTORWAY = "motorway", Text("高速公路", "Motorway")
    TRUNK = "trunk", Text("快速路", "Trunk road")
    PRIMARY = "primary", Text("主干路", "Primary road")
    SECONDARY = "secondary", Text("次干路", "Secondary road")
    TERTIARY = "tertiary", Text("支路", "Tertiary road")
    RESIDENTIAL = "residential", Text("街坊路", "Residential street")
    SERVICE = "service", Text("内部道路", "Service road")
    PATH = "path", Text("小径", "Path")
    RAILWAY = "railway", Text("铁路", "Railway")


class OneWay(models.TextChoices):
    """Seen from where the line begins."""

    BOTH = "", Text("双向", "Both ways")
    FORWARD = "forward", Text("单行（沿线方向）", "One way, as the line is drawn")
    BACKWARD = "backward", Text("单行（逆线方向）", "One way, against the line")


class Road(LineFeature):
    name = models.CharField(Text("名称", "Name"), max_length=120, blank=True)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=160, blank=True)
    road_class = models.CharField(Text("道路等级", "Class"), max_length=12, choices=RoadClass.choices)
    rank = models.SmallIntegerField(Text("显示次序", "Drawing rank"), db_default=5)
    width = models.FloatField(Text("宽度", "Width"), null=True, blank=True, help_text="m")
    one_way = models.CharField(
        Text("通行方向", "Direction of traffic"),
        max_length=8,
        blank=True,
        choices=OneWay.choices,
        db_default="",
    )

    class Meta(LineFeature.Meta):
        verbose_name = Text("道路", "road")
        verbose_name_plural = Text("道路", "roads")

    def __str__(self) -> str:
        return self.name or self.get_road_class_display()


class WaterKind(models.TextChoices):
    SEA = "sea", Text("海域", "Sea")
    RIVER = "river", Text("河流", "River")
    LAKE = "lake", Text("湖泊", "Lake")
    RESERVOIR = "reservoir", Text("水库", "Reservoir")
    POND = "pond", Text("池塘", "Pond")
    OTHER = "other", Text("其他水体", "Other water")


class Water(PolygonFeature):
    name = models.CharField(Text("名称", "Name"), max_length=120, blank=True)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=160, blank=True)
    kind = models.CharField(Text("类型", "Kind"), max_length=12, choices=WaterKind.choices)

    class Meta(PolygonFeature.Meta):
        verbose_name = Text("水系", "water body")
        verbose_name_plural = Text("水系", "water")

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class LandUseKind(models.TextChoices):
    RESIDENTIAL = "residential", Text("居住用地", "Residential")
    COMMERCIAL = "commercial", Text("商业用地", "Commercial")
    INDUSTRIAL = "industrial", Text("工业用地", "Industrial")
    PORT = "port", Text("港口用地", "Port")
    PUBLIC = "public", Text("公共设施", "Public facilities")
    PARK = "park", Text("公园绿地", "Park")
    FOREST = "forest", Text("山林", "Forest")
    FARMLAND = "farmland", Text("农田", "Farmland")
    BEACH = "beach", Text("滩涂", "Beach and flats")
    OTHER = "other", Text("其他用地", "Other")


class LandUse(PolygonFeature):
    name = models.CharField(Text("名称", "Name"), max_length=120, blank=True)
    kind = models.CharField(Text("用地类型", "Land use"), max_length=12, choices=LandUseKind.choices)

    class Meta(PolygonFeature.Meta):
        verbose_name = Text("用地", "land-use area")
        verbose_name_plural = Text("用地", "land use")

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class BuildingUse(models.TextChoices):
    RESIDENTIAL = "residential", Text("住宅", "Residential")
    COMMERCIAL = "commercial", Text("商业", "Commercial")
    OFFICE = "office", Text("办公", "Office")
    PUBLIC = "public", Text("公共", "Public")
    EDUCATION = "education", Text("教育", "Education")
    MEDICAL = "medical", Text("医疗", "Medical")
    INDUSTRIAL = "industrial", Text("工业", "Industrial")
    WAREHOUSE = "warehouse", Text("仓储", "Warehouse")
    RURAL = "rural", Text("农村住宅", "Rural house")
    RELIGIOUS = "religious", Text("宗教", "Religious")
    OTHER = "other", Text("其他", "Other")


class Building(PolygonFeature):
    """A building; ``height`` in metres above ground, measured or from storeys (see ``height_source``)."""

    name = models.CharField(Text("名称", "Name"), max_length=160, blank=True)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=160, blank=True)
    address = models.CharField(Text("地址", "Address"), max_length=200, blank=True)
    use = models.CharField(
        Text("用途", "Use"), max_length=12, choices=BuildingUse.choices, db_default="other"
    )
    storeys = models.SmallIntegerField(Text("层数", "Storeys"), null=True, blank=True)
    height = models.FloatField(Text("高度", "Height"), null=True, blank=True, help_text="m")
    height_source = models.CharField(
        Text("高度来源", "Height from"), max_length=60, blank=True, db_default=""
    )
    year_built = models.SmallIntegerField(Text("建成年份", "Year built"), null=True, blank=True)
    external_id = models.CharField(Text("外部编号", "External id"), max_length=80, blank=True, db_default="")

    class Meta(PolygonFeature.Meta):
        verbose_name = Text("建筑", "building")
        verbose_name_plural = Text("建筑", "buildings")

    def __str__(self) -> str:
        return self.name or self.address or f"{self._meta.verbose_name} {self.pk}"


class Theme(models.TextChoices):
    """The eight living themes of the portal."""

    FOOD = "food", Text("食", "Eating")
    HOUSING = "housing", Text("住", "Housing")
    TRANSPORT = "transport", Text("行", "Getting around")
    TRAVEL = "travel", Text("游", "Sightseeing")
    SHOPPING = "shopping", Text("购", "Shopping")
    LEISURE = "leisure", Text("娱", "Leisure")
    MEDICAL = "medical", Text("医", "Health")
    LEARNING = "learning", Text("学", "Learning")


class PointOfInterest(PointFeature):
    name = models.CharField(Text("名称", "Name"), max_length=160, blank=True)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=160, blank=True)
    theme = models.CharField(Text("主题", "Theme"), max_length=12, choices=Theme.choices)
    category = models.CharField(Text("类别", "Category"), max_length=80, blank=True)
    address = models.CharField(Text("地址", "Address"), max_length=200, blank=True)
    phone = models.CharField(Text("电话", "Telephone"), max_length=60, blank=True)
    external_id = models.CharField(Text("外部编号", "External id"), max_length=80, blank=True, db_default="")

    class Meta(PointFeature.Meta):
        verbose_name = Text("兴趣点", "point of interest")
        verbose_name_plural = Text("兴趣点", "points of interest")

    def __str__(self) -> str:
        return self.name or self.category


class Address(PointFeature):
    """A standard address: division, road or village, door number (GB/T 35639 down to the building)."""

    full = models.CharField(Text("地址", "Address"), max_length=200)
    road = models.CharField(Text("道路或村", "Road or village"), max_length=120, blank=True)
    number = models.CharField(Text("门牌号", "Door number"), max_length=40, blank=True)
    division = models.ForeignKey(
        Division, models.SET_NULL, null=True, blank=True, verbose_name=Text("所属社区", "Division")
    )
    building = models.ForeignKey(
        Building,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="addresses",
        verbose_name=Text("建筑", "Building"),
    )

    class Meta(PointFeature.Meta):
        indexes = [
            *PointFeature.Meta.indexes,
            GinIndex(fields=["full"], opclasses=["gin_trgm_ops"], name="address_alike"),
        ]
        verbose_name = Text("地址", "address")
        verbose_name_plural = Text("地址", "addresses")

    def __str__(self) -> str:
        return self.full
