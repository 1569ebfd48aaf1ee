"""What the triggers of ``sql/`` heed that keep the log: nothing is changed or removed, everything is sealed."""

from collections.abc import Iterator, Sequence

from layers.casework.case_types import case_types
from layers.registry.database.definitions import Definition
from layers.registry.database.sql_files import render
from layers.registry.declaration.layer import Layer

VERB_SETTING = "geoportal.acting"
"""The setting by which a verb says, for its transaction, that it tells of its changes itself."""


def definitions(layers: Sequence[Layer]) -> Iterator[Definition]:
    """The triggers of what the families keep of their cases besides."""
    for each in case_types():
        if each.extension is not None:
            table = each.extension._meta.db_table
            yield from render("casework", "templates/extension_written.sql", subject=table, table=table)
