"""Who is told of which change, and where."""

import pytest

from layers.registry.audience import PUBLIC_VIEWER, Audience, Viewer
from tiles.invalidation.change_feed import ChangedArea
from tiles.invalidation.triggers import COARSE
from tiles.stream.events import events_for, visible_box

OFFICER = Viewer(Audience.DEPARTMENT, ("UM",))
ALL = Viewer(Audience.RESTRICTED)
EXACT, OPEN = (100.0, 100.0, 101.0, 101.0), (150.0, 150.0, 150.0, 150.0)


def test_the_public_is_told_the_public_place() -> None:
    change = ChangedArea("enforcement-cases", 1, Audience.PUBLIC, EXACT, OPEN)
    assert visible_box(change, PUBLIC_VIEWER) == OPEN


def test_nobody_is_told_of_rows_they_may_not_see() -> None:
    hidden = ChangedArea("enforcement-cases", 1, Audience.DEPARTMENT, EXACT, OPEN)
    assert visible_box(hidden, PUBLIC_VIEWER) is None
    assert visible_box(hidden, Viewer(Audience.SIGNED_IN)) is None
    assert visible_box(hidden, ALL) == (100.0, 100.0, 150.0, 150.0)


def test_officers_are_told_the_neighbourhood_where_rows_may_be_anothers() -> None:
    hidden = ChangedArea("enforcement-cases", 1, Audience.DEPARTMENT, EXACT, OPEN)
    assert visible_box(hidden, OFFICER) == (0.0, 0.0, COARSE, COARSE)
    assert visible_box(ChangedArea("buildings", 1, Audience.PUBLIC, EXACT, EXACT), OFFICER) == EXACT


@pytest.mark.django_db
def test_unknown_layers_and_changes_without_place_are_not_told() -> None:
    assert visible_box(ChangedArea("nothing", 1, Audience.PUBLIC, EXACT, OPEN), ALL) is None
    assert visible_box(ChangedArea("service-items", 1, Audience.PUBLIC, None, None), ALL) is None


@pytest.mark.parametrize("lost", [True, False])
def test_a_message_becomes_events(lost: bool) -> None:
    message = {
        "all": lost,
        "to": "2026-11-21T10:00:00+00:00",
        "changes": [["buildings", 7, 0, [0, 0, 10, 10], [0, 0, 10, 10]]],
    }
    told = events_for(message, PUBLIC_VIEWER)
    assert [kind for kind, _ in told] == ["everything"] * lost + ["change", "time"]
    assert "max_zoom" not in told[-2][1]
    assert told[-2][1]["bbox"] == pytest.approx([0, 0, 8.98e-05, 8.98e-05], abs=1e-7)


def test_blocks_concern_low_zooms_only() -> None:
    message = {"all": False, "changes": [["buildings~blocks", 7, 0, [0, 0, 10, 10], [0, 0, 10, 10]]]}
    [(kind, content)] = events_for(message, PUBLIC_VIEWER)
    assert (kind, content["layer"], content["max_zoom"]) == ("change", "buildings", 13)
