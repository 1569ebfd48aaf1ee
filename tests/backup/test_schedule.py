"""One set a day, tried every week, shared with the one before, kept by days and weeks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from geoportal.backup import manifest, policy
from layers.casework.evidence.content_store import store_file
from tests.district import SmallDistrict
from tests.people import client_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def say(_: str) -> None:
    return None


def test_a_set_a_day_shares_evidence_and_is_told_with_its_trial(committed_district: SmallDistrict) -> None:
    stored = store_file([b"what was seen"])
    first = policy.make_due(say, NOON)
    assert first is not None
    assert policy.make_due(say, NOON + timedelta(hours=23)) is None
    half = policy.home() / "20260302T180000Z"
    half.mkdir()
    second = policy.make_due(say, NOON + timedelta(days=1))
    assert second is not None
    assert not half.exists()
    path = f"evidence/{stored.sha256[:2]}/{stored.sha256}"
    assert (first / path).stat().st_ino == (second / path).stat().st_ino != stored.path.stat().st_ino
    assert policy.whole_sets() == [first, second]
    told = client_of("administrator").get("/operations/").json()["backup"]
    assert told["kept"] == 2
    assert datetime.fromisoformat(told["trial"]) == NOON
    assert datetime.fromisoformat(told["last"]) == datetime.fromisoformat(manifest.read(second).made)
    assert client_of("administrator").get("/operations/", headers={"accept": "text/html"}).status_code == 200


def test_days_and_weeks_are_kept(tmp_path: Path) -> None:
    sets = [tmp_path / (NOON + timedelta(days=day)).strftime(policy.FORM) for day in range(40)]
    kept = [int(path.name[6:8]) for path in sorted(policy.kept(sets, 7))]
    assert kept == [22, 29, 4, 5, 6, 7, 8, 9, 10]


def test_none_is_made_where_none_is_kept(settings: object, own_data_folder: Path) -> None:
    settings.BACKUPS_KEPT = 0  # type: ignore[attr-defined]
    assert policy.make_due(say, NOON) is None
    assert not policy.home().exists()


@pytest.mark.parametrize("size", [1, 3])
def test_fewer_sets_than_days_are_all_kept(size: int, tmp_path: Path) -> None:
    sets = [tmp_path / (NOON + timedelta(days=day)).strftime(policy.FORM) for day in range(size)]
    assert policy.kept(sets, 7) == set(sets)
