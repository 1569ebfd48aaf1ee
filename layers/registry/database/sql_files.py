"""The ``sql/`` folders of the apps.

Every ``sql/*.sql`` is published as it is; a file of ``sql/templates/`` is rendered by whoever knows for what. All are
Jinja templates that know STORE_SRID and WEB_SRID, the systems of the layers' geometry.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from django.apps import apps
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from layers.coordinates import STORE_SRID, WEB_SRID

from ..declaration.layer import Layer
from .definitions import Definition, Rows, parse


def plain_files(layers: Sequence[Layer]) -> Iterator[Definition]:
    """What the apps' files define, whatever the layers."""
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "sql").glob("*.sql")):
            yield from render(app.label, path.name)


def render(
    app_label: str, file: str, subject: str = "", rows: Rows | None = None, **values: object
) -> Iterator[Definition]:
    """What a file of an app's ``sql/`` defines with these values."""
    folder = Path(apps.get_app_config(app_label).path, "sql")
    yield from parse(_environment(folder).get_template(file).render(values), subject, rows)


@cache
def _environment(folder: Path) -> Environment:
    made = Environment(  # noqa: S701  what is rendered is SQL of names of ours
        loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals |= {"STORE_SRID": STORE_SRID, "WEB_SRID": WEB_SRID}
    return made
