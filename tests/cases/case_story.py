"""A case that was decided and delivered, with its people, evidence and accounts."""

from dataclasses import dataclass

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone

from geoportal.accounts.models import User
from layers.agencies.models import Department
from layers.casework.access.actor import Actor
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.evidence.custody import EvidenceItem, add_evidence
from layers.casework.models import Case
from layers.casework.procedures.versions import procedure_of, version_in_force
from layers.coordinates import STORE_SRID
from tests.casework.papers import make_papers
from tests.district import LAT, LON
from tests.people import client_of
from tests.photographs import photograph

People = dict[str, Actor]


@dataclass(frozen=True)
class CaseStory:
    """One story: a case on its way, and the people in it."""

    case: Case
    people: People

    def take(self, step: str, who: str, reason: str = "", **fields: object) -> None:
        make_papers(self.case, self.people["first"], step)
        officers = procedure_of(self.case).steps[step].officers
        partner = self.people["second"].officer if officers > 1 else None
        take_step(self.case.pk, step, self.people[who], StepInput(fields, reason=reason, partner=partner))
        self.case.refresh_from_db()

    def to_review(self, fine: str = "3000.50") -> None:
        """The investigation is concluded and reviewed."""
        self.take("file", "head")
        self.take("start_investigation", "first", certificate_shown=True)
        self.take("inspect", "first", record="现场摆放桌椅八套。", full_record=True)
        self.take(
            "conclude",
            "first",
            proposal="penalise",
            facts="当事人在人行道摆放桌椅经营，占用公共场地约 12 平方米。",
            penalty="fine",
            fine=fine,
            party_address="北仑区演示路 8 号",
            party_head="李某",
        )
        self.take("pass_review", "leader", opinion="同意")

    def to_notice(self, fine: str = "3000.50") -> None:
        """The notice of the intended penalty has been served."""
        self.to_review(fine)
        self.notice(fine)

    def notice(self, fine: str) -> None:
        """Of an intended fine: made, and handed over."""
        self.take("issue_notice", "first", rights_text="拟处罚款", **intended(fine))
        self.take("serve_notice", "first", method="direct", delivered_on=str(timezone.localdate()))

    def to_decision(self) -> None:
        self.to_notice()
        self.take("waive_hearing", "first")
        self.take("conclude_notice", "leader")
        self.take(
            "decide_penalty", "head", penalty="fine", fine="3000.50", decision_text="对占道经营行为处以罚款。"
        )


def intended(fine: str) -> dict[str, str]:
    return {"noticed_penalty": "fine", "noticed_fine": fine, "noticed_confiscation": "0"}


@pytest.fixture
def story(people: People) -> CaseStory:
    Department.objects.filter(code="UM").update(mark="仑综执")
    here = (LON + 0.0003, LAT + 0.0003)
    found = CaseIntake(
        title="占道经营",
        department=Department.objects.get(code="UM"),
        version=version_in_force("ordinary-um"),
        category="street_trading",
        position=Point(*here, srid=STORE_SRID),
        accuracy=8.0,
        address="明州路 100 号门前",
        party={
            "party_kind": "organisation",
            "party_name": "北仑演示餐饮有限公司",
            "party_id": "91350100M000100Y43",
        },
    )
    case = open_case(found, people["first"])
    for number, title in enumerate(("桌椅摆放", "门头招牌")):
        picture = photograph(timezone.now(), here, heading=90, color=f"#{number + 4}0a060")
        piece = EvidenceItem(f"IMG_{number}.jpg", title=title, partner=people["second"].officer)
        add_evidence(case.pk, piece, iter([picture]), people["first"])
    return CaseStory(case, people)


@pytest.fixture
def decided(story: CaseStory) -> CaseStory:
    story.to_decision()
    return story


def officer_client(told: CaseStory, who: str) -> Client:
    """Signed in as one of the story's people."""
    officer = told.people[who].officer
    assert officer is not None
    client = client_of("other_officer" if who == "planning" else "officer")
    User.objects.filter(username="other_officer" if who == "planning" else "officer").update(officer=officer)
    return client
