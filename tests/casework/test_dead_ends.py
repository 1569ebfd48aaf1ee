"""A department in which nobody may take what leads on from a state is told of it, and no other."""

import pytest

from layers.casework.procedures import read_procedure
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.dead_ends import DeadEnd, dead_ends
from tests.casework.small_procedure import SMALL
from tests.room_texts import shipped_procedures

CHECKED = (
    SMALL.replace(
        "  officer: {title: {zh: 人员, en: Officer}}\n",
        "  officer: {title: {zh: 人员, en: Officer}}\n"
        "  checker: {title: {zh: 复核员, en: Checker}, credentials: [licence]}\n",
    )
    .replace("flags:\n", "credentials: {licence: {zh: 资格, en: Licence}}\nflags:\n")
    .replace("\nsteps:\n", "\n  checked: {title: {zh: 复核, en: Checked}, phase: open}\nsteps:\n")
    .replace(
        "  close:\n    title: {zh: 结案, en: Close}\n    from: [lead]\n",
        "  check:\n    title: {zh: 复核, en: Check}\n    from: [lead]\n    to: checked\n    by: [checker]\n"
        "    basis: law 2\n  close:\n    title: {zh: 结案, en: Close}\n    from: [checked]\n",
    )
)
SEPARATE = (
    CHECKED
    + "separations:\n  apart: {first: [check], second: [close], reason: {zh: 分离, en: Apart}, basis: law 2}\n"
)
TIMED = CHECKED.replace("    from: [checked]\n", "    from: [lead, checked]\n").replace(
    "    warn: 1 working day\n", "    warn: 1 working day\n    then: {step: close}\n"
)
BOTH = frozenset({"officer", "checker"})
LICENCE = frozenset({"licence"})
AT_THE_START, WHEN_CHECKED = DeadEnd("lead", ("check",)), DeadEnd("checked", ("close",))


@pytest.mark.parametrize(
    ("text", "staff", "found"),
    [
        (CHECKED, [Credentials(1, BOTH, LICENCE)], []),
        (CHECKED, [], [AT_THE_START]),
        (CHECKED, [Credentials(1, frozenset({"officer"}))], [AT_THE_START]),
        (CHECKED, [Credentials(1, BOTH)], [AT_THE_START]),
        (CHECKED, [Credentials(1, frozenset({"checker"}), LICENCE)], [DeadEnd("lead", ()), WHEN_CHECKED]),
        (SEPARATE, [Credentials(1, BOTH, LICENCE)], [DeadEnd("lead", ()), WHEN_CHECKED]),
        (SEPARATE, [Credentials(1, BOTH, LICENCE), Credentials(2, BOTH)], []),
        (
            SEPARATE.replace("    by: [checker]\n", "    by: [checker]\n    officers: 2\n"),
            [Credentials(1, BOTH, LICENCE), Credentials(2, BOTH, LICENCE)],
            [DeadEnd("lead", ()), WHEN_CHECKED],
        ),
        (
            SEPARATE.replace("    by: [checker]\n", "    by: [checker]\n    officers: 2\n"),
            [Credentials(1, BOTH, LICENCE), Credentials(2, BOTH, LICENCE), Credentials(3, BOTH)],
            [],
        ),
        (TIMED, [], []),
        (
            CHECKED.replace("    by: [checker]\n", "    by: [party]\n").replace(
                "  checker: {title: {zh: 复核员, en: Checker}, credentials: [licence]}\n",
                "  party: {title: {zh: 当事人, en: Party}, outside: true}\n",
            ),
            [Credentials(1, BOTH)],
            [],
        ),
    ],
)  # fmt: skip
def test_it_is_found_by_posts_credentials_and_separate_duties(
    text: str, staff: list[Credentials], found: list[DeadEnd]
) -> None:
    assert dead_ends(read_procedure(text, "own", {}), staff) == found


@pytest.mark.parametrize("code", sorted(shipped_procedures()))
def test_a_department_that_has_everybody_has_none(code: str) -> None:
    procedure = shipped_procedures()[code]
    everything = frozenset(procedure.credentials)
    staff = [Credentials(number, frozenset(procedure.roles), everything) for number in range(1, 7)]
    assert dead_ends(procedure, staff) == []


def test_one_officer_alone_does_not_bring_an_ordinary_case_to_its_end() -> None:
    procedure = shipped_procedures()["ordinary"]
    alone = Credentials(1, frozenset(procedure.roles), frozenset(procedure.credentials))
    assert [each.state for each in dead_ends(procedure, [alone])] == ["filed"]
