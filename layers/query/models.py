"""Questions that are kept by number, so that a link carries them however long they are."""

from collections.abc import Mapping
from itertools import islice

from django.contrib.gis.db import models
from django.utils import timezone

from layers.coordinates import STORE_SRID
from layers.registry.text import Text

from .errors import InvalidQuery
from .json_form import MOST_NODES, from_json, too_large
from .nodes import Call, Node, Scalar, replaced, walk


class Sharing(models.TextChoices):
    OWNER = "owner", Text("仅自己", "Only myself")
    PLANNERS = "planners", Text("所有规划人员", "All planners")


class StoredQueries(models.QuerySet["StoredQuery"]):
    def usable_by(self, account: int) -> "StoredQueries":
        """Of a planner: their own and what others share."""
        return self.filter(models.Q(owner_id=account) | models.Q(sharing=Sharing.PLANNERS))


class StoredQuery(models.Model):
    """``condition`` is CQL2 JSON or null for all rows; ``parameters`` are the values of its parameters by name.
    ``analysis`` is the recipe of what is done with the answer, null where nothing is.

    Who owns it is kept by number and name, since accounts are above. What it finds depends on who looks: rights are those of the reader, never of the owner.
    """

    owner_id = models.BigIntegerField(db_index=True)
    owner = models.CharField(Text("所有者", "Owner"), max_length=150)
    title = models.CharField(Text("标题", "Title"), max_length=120)
    layer = models.CharField(Text("图层", "Layer"), max_length=40)
    condition = models.JSONField(Text("条件", "Condition"), null=True)
    parameters = models.JSONField(Text("参数", "Parameters"), default=dict, blank=True)
    analysis = models.JSONField(Text("分析", "Analysis"), null=True)
    sharing = models.CharField(
        Text("谁可以使用", "Who may use it"), max_length=10, choices=Sharing.choices, default=Sharing.OWNER
    )
    made_at = models.DateTimeField(Text("保存时间", "Kept"), auto_now_add=True)

    objects = StoredQueries.as_manager()

    class Meta:
        verbose_name = Text("保存的查询", "stored question")
        verbose_name_plural = Text("保存的查询", "stored questions")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def node(self) -> Node | None:
        """With its parameters open."""
        return None if self.condition is None else from_json(self.condition)


class RecentQuery(models.Model):
    """A question that somebody asked lately, as CQL2 text; the newest of each person are kept."""

    owner_id = models.BigIntegerField(db_index=True)
    layer = models.CharField(Text("图层", "Layer"), max_length=40)
    text = models.TextField(Text("条件", "Condition"))
    asked_at = models.DateTimeField(Text("查询时间", "Asked"), default=timezone.now)

    class Meta:
        verbose_name = Text("最近的查询", "recent question")
        verbose_name_plural = Text("最近的查询", "recent questions")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.layer}: {self.text}"


class Sketch(models.Model):
    """A shape that a planner drew and named; with ``metres`` it is all that lies within so many of it."""

    owner_id = models.BigIntegerField(db_index=True)
    title = models.CharField(Text("标题", "Title"), max_length=120)
    geom = models.GeometryField(Text("图形", "Shape"), srid=STORE_SRID)
    metres = models.FloatField(Text("周围（米）", "Around it (m)"), default=0)
    made_at = models.DateTimeField(Text("保存时间", "Kept"), auto_now_add=True)

    class Meta:
        verbose_name = Text("标绘图形", "sketch")
        verbose_name_plural = Text("标绘图形", "sketches")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.title


MOST_RECENT = 10


def remember(owner: int, layer: str, text: str) -> None:
    mine = RecentQuery.objects.filter(owner_id=owner)
    mine.filter(layer=layer, text=text).delete()
    RecentQuery.objects.create(owner_id=owner, layer=layer, text=text)
    mine.exclude(pk__in=list(mine.values_list("pk", flat=True)[:MOST_RECENT])).delete()


def parameter_names(node: Node) -> list[str]:
    """Of the values that a condition leaves open, in their order."""
    found = [each.args[0] for each in walk(node) if _is_parameter(each)]  # type: ignore[union-attr]
    return list(dict.fromkeys(str(name.value) for name in found if isinstance(name, Scalar)))


def with_parameters(node: Node, read: Mapping[str, Node]) -> Node:
    """``read`` are the values by name."""

    def fill(each: Node) -> Node:
        if not _is_parameter(each):
            return each
        name = str(each.args[0].value)  # type: ignore[union-attr]
        if name not in read:
            raise InvalidQuery(
                Text("参数“%(name)s”没有值。", "The parameter “%(name)s” has no value.") % {"name": name[:60]}
            )
        return read[name]

    filled = replaced(node, fill)
    if sum(1 for _each in islice(walk(filled), MOST_NODES + 1)) > MOST_NODES:
        raise too_large()
    return filled


def _is_parameter(node: Node) -> bool:
    return (
        isinstance(node, Call)
        and node.op == "parameter"
        and len(node.args) == 1
        and isinstance(node.args[0], Scalar)
    )
