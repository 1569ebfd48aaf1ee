"""Questions that are kept: made, changed, shared and deleted by their owner."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from geoportal.accounts.models import User
from layers.errors import NotFound
from layers.query.errors import InvalidQuery
from layers.query.json_form import from_json, to_json
from layers.query.models import Sharing, StoredQuery, parameter_names, with_parameters
from layers.query.nodes import Node
from layers.query.text_form import from_text, to_text
from layers.registry.access.layer_query import LayerQuery

MOST_KEPT = 500
ON_A_PAGE = 20
Json = dict[str, Any]


def lists(account: int, page: int) -> tuple[list[StoredQuery], list[StoredQuery], int]:
    """Of a planner's own and of what others share what stands on a page, and the number of pages."""
    found = StoredQuery.objects.usable_by(account).order_by("-made_at", "-pk")
    whole = [
        Paginator(each, ON_A_PAGE)
        for each in (found.filter(owner_id=account), found.exclude(owner_id=account))
    ]
    own, shared = (list(each.page(page)) if page <= each.num_pages else [] for each in whole)
    return own, shared, max(each.num_pages for each in whole)


def usable(account: int, pk: int) -> StoredQuery:
    found = StoredQuery.objects.usable_by(account).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such question, or it is not shared with you."))
    return found


def keep(owner: User, reading: LayerQuery, node: Node | None, given: Mapping[str, str]) -> StoredQuery:
    bound(owner.pk)
    content = _content(reading, node, given)
    return StoredQuery.objects.create(owner_id=owner.pk, owner=owner.username, **content)


def keep_recipe(owner: User, layer: str, recipe: Json, given: Mapping[str, str]) -> StoredQuery:
    """Of an analysis."""
    bound(owner.pk)
    content = {"title": _title(given), "layer": layer, "sharing": _sharing(given), "analysis": recipe}
    return StoredQuery.objects.create(owner_id=owner.pk, owner=owner.username, **content)


def change(owner: User, reading: LayerQuery, node: Node | None, given: Mapping[str, str]) -> StoredQuery:
    content = _content(reading, node, given)
    found = own(owner, given.get("kept", ""))
    for name, value in content.items():
        setattr(found, name, value)
    found.save(update_fields=[*content])
    return found


def own(owner: User, pk: str) -> StoredQuery:
    mine = StoredQuery.objects.filter(owner_id=owner.pk)
    found = mine.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
    if found is None:
        raise NotFound(_("There is no such question, or it is not yours."))
    return found


def bound(owner: int) -> None:
    if StoredQuery.objects.filter(owner_id=owner).count() >= MOST_KEPT:
        raise InvalidQuery(_("You keep %(most)d questions already.") % {"most": MOST_KEPT})


def _content(reading: LayerQuery, node: Node | None, given: Mapping[str, str]) -> Json:
    return {
        "title": _title(given),
        "layer": reading.layer.name,
        "condition": None if node is None else to_json(node),
        "parameters": _values(node, given.get("parameters", "")),
        "sharing": _sharing(given),
    }


def _title(given: Mapping[str, str]) -> str:
    title = given.get("title", "").strip()
    if not title.isprintable() or not 0 < len(title) <= 120:
        raise InvalidQuery(_("Give the question a title of at most 120 characters."))
    return title


def _sharing(given: Mapping[str, str]) -> str:
    sharing = given.get("sharing", "")
    return sharing if sharing in Sharing.values else Sharing.OWNER


def _values(node: Node | None, text: str) -> Json:
    """A value for each parameter of the condition, one a line: ``distance = 200``."""
    names = parameter_names(node) if node else []
    found: Json = {}
    for part in filter(str.strip, text.splitlines()):
        name, _sign, value = part.partition("=")
        if name.strip() not in names:
            raise InvalidQuery(_("The condition has no parameter “%(name)s”.") % {"name": name.strip()[:60]})
        found[name.strip()] = to_json(from_text(value.strip()))
    missing = [name for name in names if name not in found]
    if missing:
        raise InvalidQuery(_("Give a value to: %(names)s.") % {"names": ", ".join(missing)})
    return found


def filled(node: Node | None, text: str) -> Node | None:
    """With the values that are written for its parameters."""
    if node is None or not parameter_names(node):
        return node
    return with_parameters(node, {name: from_json(value) for name, value in _values(node, text).items()})


def spelled(question: StoredQuery) -> str:
    """The values of its parameters, one a line."""
    return "\n".join(f"{name} = {value}" for name, value in parameter_values(question).items())


def parameter_values(question: StoredQuery) -> dict[str, str]:
    """Of its parameters, as CQL2 text."""
    return {name: to_text(from_json(value)) for name, value in question.parameters.items()}
