"""SQL of the cells of a download: values that other programs read, and none that they would run."""

from dataclasses import dataclass

from layers.registry.access.unreadable import readable_sql
from layers.registry.declaration.values import harmless_sql

BOOLEAN, WHOLE, TIMES, TEXTS = 16, (20, 21, 23), (1114, 1184), (25, 1042, 1043)
"""Object identifiers of types, as PostgreSQL numbers them."""


@dataclass(frozen=True)
class Column:
    """A column of a view by its name and the number of its type."""

    name: str
    type: int

    @property
    def quoted(self) -> str:
        return '"' + self.name.replace('"', '""') + '"'

    @property
    def readable(self) -> str:
        """A condition, empty where every value has a word in other programs too."""
        return readable_sql(self.quoted, self.type)

    def json(self) -> str:
        """The value as JSON text; null where it cannot be read."""
        found = f"{self.quoted}::text" if self.type in WHOLE else f"to_json({self.quoted})::text"
        if self.readable:
            found = f"CASE WHEN {self.readable} THEN {found} END"
        return f"COALESCE({found}, 'null')"

    def cell(self, unreadable: str) -> str:
        """The value in a table; ``unreadable`` is a literal for one that cannot be read."""
        if self.type == BOOLEAN:
            return f"CASE {self.quoted} WHEN true THEN 'True' WHEN false THEN 'False' END"
        if self.type in TEXTS:
            return harmless_sql(self.quoted)
        found = self.quoted
        if self.type in TIMES:
            found = f"replace(to_json({found}) #>> '{{}}', 'T', ' ')"
        if not self.readable:
            return found
        return f"CASE WHEN {self.readable} THEN {found}::text WHEN {self.quoted} IS NOT NULL THEN {unreadable} END"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
