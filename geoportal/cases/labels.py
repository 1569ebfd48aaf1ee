"""Codes in the words of whoever reads: states, officers, departments, cells, posts."""

from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext as _

from geoportal.features.feature_text import display_name
from layers.agencies.models import Department, Officer
from layers.base.models import Division
from layers.casework.analytics.filters import NOBODY
from layers.casework.procedures import Procedure
from layers.casework.procedures.titles import root_procedures
from layers.registry.text import Text


def group_titles(kind: str, keys: Collection[str]) -> Mapping[str, str]:
    """Of the groups of figures, by key."""
    nowhere = {
        "officer": _("No officer"),
        "grid": _("Outside the grid"),
        "division": _("Outside the divisions"),
        "subdistrict": _("Outside the divisions"),
    }
    found: dict[str, str] = {NOBODY: nowhere.get(kind, NOBODY)}
    if kind == "department":
        rows = Department.objects.filter(code__in=keys)
        found |= {row.code: display_name(row) for row in rows}
    elif kind in {"division", "subdistrict"}:
        places = Division.objects.filter(code__in=keys).defer("geom")
        found |= {row.code: display_name(row) for row in places}
    elif kind == "officer":
        found |= {row.code: f"{row.name} {row.code}" for row in Officer.objects.filter(code__in=keys)}
    elif kind == "post":
        found |= {code: str(title) for code, title in post_titles(root_procedures().values()).items()}
    return {key: found.get(key, key) for key in keys}


def department_titles() -> dict[str, str]:
    return {each.code: display_name(each) for each in Department.objects.all()}


def post_titles(procedures: Iterable[Procedure]) -> dict[str, Text]:
    return {
        code: role.title for rules in procedures for code, role in rules.roles.items() if not role.outside
    }
