"""Real parallel transactions: of two who act on what they saw one wins, nothing is lost, no number is given twice."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from layers.agencies.models import Department
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.cases import assignment
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.effects import StepInput
from layers.casework.cases.overdue import record_overdue_limits
from layers.casework.cases.transitions import take_step
from layers.casework.log.case_lock import StaleRevision, lock_case
from layers.casework.log.event_log import log_flaws
from layers.casework.models import Case, Limit
from layers.casework.procedures.versions import version_in_force
from layers.casework.room_texts import ship_room_texts
from layers.coordinates import STORE_SRID
from tests.cases.conftest import account_of
from tests.district import LAT, LON, SmallDistrict
from tests.officers import make_officers

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20  # seconds
Outcomes = list[object]


@pytest.fixture
def staff(committed_district: SmallDistrict) -> dict[str, Actor]:
    ship_room_texts()
    return make_officers()


@pytest.fixture
def lead(staff: dict[str, Actor]) -> Case:
    return open_case(found(), staff["first"])


def found() -> CaseIntake:
    place = Point(LON + 0.0003, LAT + 0.0003, srid=STORE_SRID)
    return CaseIntake(
        "占道经营", Department.objects.get(code="UM"), version_in_force("ordinary"), position=place
    )


def at_once(*acts: Callable[[], object]) -> Outcomes:
    """What each act gave or raised; all begin together, each on a connection of its own."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            gate.wait(PATIENCE)
            outcomes[number] = act()  # type: ignore[call-overload]
        except Exception as problem:  # noqa: BLE001  whatever it is, the test judges it
            outcomes[number] = problem  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    return list(outcomes)


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(
    lead: Case, staff: dict[str, Actor]
) -> None:
    outcomes = at_once(
        lambda: take_step(lead.pk, "file", staff["head"], StepInput(note="立案"), revision=lead.revision),
        lambda: take_step(
            lead.pk, "dismiss", staff["head"], StepInput(reason="不属实"), revision=lead.revision
        ),
    )
    [overtaken] = [each for each in outcomes if isinstance(each, StaleRevision)]
    [event] = [each for each in outcomes if not isinstance(each, Exception)]
    assert [each.pk for each in overtaken.events] == [event.pk]  # type: ignore[attr-defined]
    lead.refresh_from_db()
    assert lead.state == event.after  # type: ignore[attr-defined]
    assert lead.revision == 2
    assert lead.events.count() == 2


def test_the_slower_waits_for_the_faster_and_does_not_write_over_it(
    lead: Case, staff: dict[str, Actor]
) -> None:
    """One holds the case open in its transaction while the other, with the same revision, comes."""
    holding, come = threading.Event(), threading.Event()

    def slow() -> None:
        with lock_case(lead.pk, lead.revision) as case:
            holding.set()
            assert come.wait(PATIENCE)
            case.title = "先到者的案由"

    def fast() -> object:
        assert holding.wait(PATIENCE)
        threading.Timer(0.5, come.set).start()
        return assignment.correct_position(lead.pk, lead.geom, "后到", staff["second"], lead.revision)  # type: ignore[arg-type]

    outcomes = at_once(slow, fast)
    assert outcomes[0] is None
    assert isinstance(outcomes[1], StaleRevision)
    lead.refresh_from_db()
    assert lead.title == "先到者的案由"


def test_notes_of_many_are_all_kept_and_the_chain_holds(lead: Case, staff: dict[str, Actor]) -> None:
    def note(number: int) -> Callable[[], object]:
        return lambda: assignment.add_note(
            lead.pk, f"第{number}条", staff["first" if number % 2 else "second"]
        )

    outcomes = at_once(*(note(number) for number in range(8)))
    assert not [each for each in outcomes if isinstance(each, Exception)]
    lead.refresh_from_db()
    assert lead.revision == 9
    assert {event.data["note"] for event in lead.events.filter(kind="note")} == {f"第{n}条" for n in range(8)}
    assert sorted(event.data["revision"] for event in lead.events.all()) == list(range(1, 10))
    assert list(log_flaws()) == []


def test_cases_that_are_opened_at_once_have_numbers_of_their_own(staff: dict[str, Actor]) -> None:
    outcomes = at_once(*(lambda: open_case(found(), staff["first"]) for _ in range(8)))
    numbers = {case.number for case in outcomes if isinstance(case, Case)}
    assert len(numbers) == 8
    assert {int(number.rsplit("-", 1)[1]) for number in numbers} == set(range(1, 9))
    assert list(log_flaws()) == []


def test_two_browsers_send_the_same_step_at_once(lead: Case, staff: dict[str, Actor]) -> None:
    from django.test import Client

    user = account_of(staff["head"])
    clients = [Client(headers={"accept": "text/html", "accept-language": "zh"}) for _ in range(2)]
    for client in clients:
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")

    def send(client: Client, note: str) -> Callable[[], object]:
        given = {"revision": lead.revision, "note": note}
        return lambda: client.post(f"/cases/{lead.pk}/steps/file/", given)

    outcomes = at_once(send(clients[0], "左边写的"), send(clients[1], "右边写的"))
    assert sorted(each.status_code for each in outcomes) == [302, 409]  # type: ignore[attr-defined]
    [late] = [each for each in outcomes if each.status_code == 409]  # type: ignore[attr-defined]
    page = late.content.decode()  # type: ignore[attr-defined]
    assert "左边写的" in page
    assert "右边写的" in page
    assert lead.events.filter(step="file").count() == 1


def test_of_two_cases_that_are_joined_to_one_another_at_once_one_stays_open(staff: dict[str, Actor]) -> None:
    left, right = (open_case(found(), staff["first"]) for _ in range(2))
    outcomes = at_once(
        lambda: assignment.join(left.pk, right, staff["first"], "同一事项"),
        lambda: assignment.join(right.pk, left, staff["second"], "同一事项"),
    )
    assert [isinstance(each, NotAllowed) for each in outcomes].count(True) == 1
    assert Case.objects.filter(pk__in=[left.pk, right.pk], closed=None).count() == 1


def test_two_watches_tell_of_a_limit_once(lead: Case) -> None:
    Limit.objects.filter(case=lead).update(due=timezone.now() - timedelta(hours=1))
    assert {str(each) for each in at_once(record_overdue_limits, record_overdue_limits)} == {"0", "1"}
    assert lead.events.filter(kind="overdue").count() == 1
