"""Numbers with check digits: citizens, organisations, divisions."""

from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from layers.agencies.models import Department
from layers.enforcement.models import EnforcementCase
from layers.registry.declaration.values import citizen_number, division_code
from tests.importers.making import load, reasons

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def checked(digits: str) -> str:
    """By the table of GB 11643."""
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


@given(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2020, 1, 1)),
    st.integers(0, 999),
    st.integers(0, 16),
    st.integers(1, 9),
)
def test_a_citizen_s_number_is_right_or_not_at_all(day: date, order: int, place: int, by: int) -> None:
    right = checked(f"330206{day:%Y%m%d}{order:03}")
    assert citizen_number(f" {right.lower()} ") == right
    digit = (int(right[place]) + by) % 10
    with override("en"), pytest.raises(ValueError, match="no citizen identity number"):
        citizen_number(f"{right[:place]}{digit}{right[place + 1 :]}")


@pytest.mark.parametrize(
    "wrong",
    ["", "1", checked("33020619901332001"), checked("33020629900101001"), "１" * 18, "33020619900101001Y"],
)
def test_what_is_no_citizen_s_number_is_said_to_be_none(wrong: str) -> None:
    with pytest.raises(ValueError, match="no citizen identity number"):
        citizen_number(wrong)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("330206", "330206000000"),
        (330206002, "330206002000"),
        ("330206002001.0", None),
        ("33020600200", None),
    ],
)
def test_division_codes_have_twelve_digits(text: object, code: str | None) -> None:
    if code is None:
        with pytest.raises(ValueError, match="no division code"):
            division_code(text)
    else:
        assert division_code(text) == code


@pytest.mark.django_db
def test_a_case_s_party_has_the_number_of_its_kind(tmp_path: Path) -> None:
    Department.objects.create(code="ZF", name="综合行政执法局")
    organisation = "91110000600037341L"
    citizen = checked("33020619900101001")
    parties = [
        ("自然人", citizen),
        ("单位", organisation),
        ("", citizen),
        ("", organisation),
        ("自然人", organisation),
        ("单位", citizen),
        ("无当事人", citizen),
        ("", f"{citizen[:-1]}{'1' if citizen[-1] != '1' else '2'}"),
        ("", ""),
        ("自然人", ""),
    ]
    path = tmp_path / "c.csv"
    path.write_text(
        "案号,部门,类别,状态,发现时间,当事人类型,证件号码,lon,lat\n"
        + "".join(
            f"{n},ZF,占道,立案,2026-01-02 10:00,{kind},{number},121.84,29.9\n"
            for n, (kind, number) in enumerate(parties, 1)
        )
    )
    report = load(path, "enforcement-cases", source_crs="EPSG:4490")
    kept = dict(EnforcementCase.objects.values_list("number", "party_kind"))
    assert kept == {
        "1": "person",
        "2": "organisation",
        "3": "person",
        "4": "organisation",
        "9": "none",
        "10": "person",
    }
    assert dict(EnforcementCase.objects.values_list("number", "party_id"))["3"] == citizen
    wrong = reasons(report)
    assert set(wrong) == {5, 6, 7, 8}
    assert "citizen identity number" in wrong[5]
    assert "credit code" in wrong[6]
    assert "without a party" in wrong[7]


@pytest.mark.django_db
def test_a_code_that_is_none_is_told_from_one_that_nobody_knows(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "business_id,name,区划代码,lon,lat\n1,A,33020600200,121.8,29.9\n2,B,330206009001,121.8,29.9\n"
    )
    wrong = reasons(load(path, "food-premises", source_crs="EPSG:4490"))
    assert "12 digits" in wrong[1]
    assert "not known" in wrong[2]
