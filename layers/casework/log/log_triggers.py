"""What the triggers of ``sql/`` heed that keep the log: nothing is changed or removed, everything is sealed."""

from collections.abc import Iterator, Sequence

from layers.casework.case_types import case_types
from layers.registry.database.definitions import Definition
from layers.registry.database.sql_files import render
from layers.registry.declaration.layer import Layer

VERB_SETTING = "geoportal.acting"
"""The setting by which a verb says, for its transaction, that it tells of its changes itself."""


SEALS = "casework_seal"
KEPT: dict[str, tuple[str, ...]] = {
    "casework_event": (),
    SEALS: (),
    "casework_evidence": (),
    "casework_document": (),
    "casework_daycorrection": (),
    "casework_mapsnapshot": (),
    "casework_procedureversion": ("is_current",),
    "casework_documenttemplate": (),
}
"""Tables in which nothing is changed or removed but the columns named here."""


def definitions(layers: Sequence[Layer]) -> Iterator[Definition]:
    """The triggers of tables that are kept, and of what the families keep of their cases besides."""
    for table, changing in KEPT.items():
        columns = ", ".join(f"'{column}'" for column in changing)
        yield from render(
            "casework", "templates/append_only.sql", subject=table, table=table, changing=columns
        )
    for each in case_types():
        if each.extension is not None:
            table = each.extension._meta.db_table
            yield from render("casework", "templates/extension_written.sql", subject=table, table=table)
