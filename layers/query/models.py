"""Questions that are kept by number, so that a link carries them however long they are."""

from itertools import islice
from typing import Any

from django.db import models

from layers.registry.text import Text

from .errors import InvalidQuery
from .json_form import MOST_NODES, from_json, too_large
from .nodes import Call, Node, Scalar, replaced, walk


class Sharing(models.TextChoices):
    OWNER = "owner", Text("仅自己", "Only myself")
    PLANNERS = "planners", Text("所有规划人员", "All planners")


class StoredQuery(models.Model):
    """``condition`` is CQL2 JSON or null for all rows; ``parameters`` are the values of its parameters by name.

    Who owns it is kept by number and name, since accounts are above. What it finds depends on who looks: rights are those of the reader, never of the owner.
    """

    owner_id = models.BigIntegerField(db_index=True)
    owner = models.CharField(Text("所有者", "Owner"), max_length=150)
    title = models.CharField(Text("标题", "Title"), max_length=120)
    layer = models.CharField(Text("图层", "Layer"), max_length=40)
    condition = models.JSONField(Text("条件", "Condition"), null=True)
    parameters = models.JSONField(Text("参数", "Parameters"), default=dict, blank=True)
    sharing = models.CharField(
        Text("谁可以使用", "Who may use it"), max_length=10, choices=Sharing.choices, default=Sharing.OWNER
    )
    made_at = models.DateTimeField(Text("保存时间", "Kept"), auto_now_add=True)

    class Meta:
        verbose_name = Text("保存的查询", "stored question")
        verbose_name_plural = Text("保存的查询", "stored questions")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.title


def parameter_names(node: Node) -> list[str]:
    """Of the values that a condition leaves open, in their order."""
    found = [each.args[0] for each in walk(node) if _is_parameter(each)]  # type: ignore[union-attr]
    return list(dict.fromkeys(str(name.value) for name in found if isinstance(name, Scalar)))


def with_parameters(node: Node, values: dict[str, Any]) -> Node:
    read = {name: from_json(value) for name, value in values.items()}

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
