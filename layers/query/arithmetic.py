"""Sums that have a value or none, whatever the numbers: an error would tell of rows that the asker may not see."""

from .fragments import Fragment, Type, fragment

OPERATORS = {
    "+": "({} + {})",
    "-": "({} - {})",
    "*": "({} * {})",
    "/": "({} / NULLIF({}, 0))",
    "%": "mod({}, NULLIF({}, 0))",
    "div": "div({}, NULLIF({}, 0))",
}
MOST = 20
"""Operators of a condition: so many cannot make a number that the database cannot hold."""
HIGHEST_POWER = 10


def calculate(op: str, left: Fragment, right: Fragment) -> Fragment:
    """In decimal numbers; division by zero and powers without a real value have none."""
    sides = [exact(left), exact(right)]
    return power(*sides) if op == "^" else fragment(Type.NUMBER, OPERATORS[op], *sides)


def exact(side: Fragment) -> Fragment:
    return fragment(Type.NUMBER, "({})::numeric", side)


def power(base: Fragment, exponent: Fragment) -> Fragment:
    sql = (
        f"(SELECT CASE WHEN abs(e) <= {HIGHEST_POWER} AND abs(b) < 1e100 AND (b > 0 OR (b = 0 AND e > 0) "
        "OR (b < 0 AND e = trunc(e))) THEN power(b, e) END FROM (SELECT {} AS b, {} AS e) AS raised)"
    )
    return fragment(Type.NUMBER, sql, base, exponent)
