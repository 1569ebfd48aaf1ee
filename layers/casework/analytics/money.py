"""What was decided, paid and is in arrears, in yuan, by what one asks to tell apart."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from layers.casework.models import Case

from .filters import NOBODY
from .statistics import GROUPINGS

NOTHING = Decimal(0)
KEYS = ("id", "reported", "department_id", "handler_id", "category", "division_id", "grid_cell_id")


@dataclass(frozen=True)
class MoneyRow:
    """Yuan; ``arrears`` is what is owed after the last day to pay, as it stood after each case's last step."""

    key: str
    decided: Decimal
    paid: Decimal
    arrears: Decimal

    @property
    def share(self) -> Decimal | None:
        """Of what was decided that was paid; None where nothing was."""
        return min(self.paid / self.decided, Decimal(1)) if self.decided else None


def money_by_group(cases: "QuerySet[Case]", by: str, today: date) -> list[MoneyRow]:
    """One row a group in which something was decided or paid, in the order of the keys."""
    grouping = GROUPINGS[by]
    sql, params = cases.order_by().values(*KEYS).query.sql_with_params()
    asked = f"""
        SELECT COALESCE(NULLIF({grouping.key}, ''), '{NOBODY}') AS key, sum(a.decided), sum(a.paid),
            COALESCE(sum(a.owed) FILTER (WHERE a.due < %s), 0)
        FROM ({sql}) AS m JOIN casework_account AS a ON a.case_id = m.id {grouping.join}
        WHERE a.decided > 0 OR a.paid > 0 GROUP BY 1 ORDER BY 1
    """
    with connection.cursor() as cursor:
        cursor.execute(asked, [today, *params])
        return [MoneyRow(str(key), *amounts) for key, *amounts in cursor.fetchall()]


def money_total(rows: list[MoneyRow]) -> MoneyRow:
    sums = (sum((getattr(row, name) for row in rows), NOTHING) for name in ("decided", "paid", "arrears"))
    return MoneyRow("all", *sums)
