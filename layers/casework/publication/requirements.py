"""Who proposes, reviews and withdraws publications, and what is not published."""

from layers.casework.access.actor import THE_PORTAL, Actor, NotAllowed
from layers.casework.access.permissions import handles_case, has_capability
from layers.casework.log.case_snapshots import case_snapshot
from layers.casework.models import Case, PartyKind, Publication, PublicationStatus
from layers.casework.procedures import Capability, Procedure
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.case_snapshot import CaseSnapshot
from layers.casework.rules.publication_terms import publication_months
from layers.casework.rules.steps.paper_rules import missing_papers
from layers.registry.audience import Audience
from layers.registry.text import Text

from .masking import PublicationText, mask_text
from .places import mask_places
from .terms import expired_on


def check_proposal(case: Case, text: PublicationText, actor: Actor) -> None:
    if actor.officer is None or not handles_case(case, actor.officer):
        raise NotAllowed(
            Text("只有承办部门可以提出公示。", "Only the case's department may propose publication.")
        )
    if case.publications.filter(
        status__in=[PublicationStatus.PROPOSED, PublicationStatus.PUBLISHED]
    ).exists():
        raise NotAllowed(
            Text("该案已在公示或待审核。", "This case is published or waits for review already.")
        )
    if problems := _content_refusals(procedure_of(case), case, text):
        raise NotAllowed(*problems)


def check_review(case: Case, found: Publication, publish: bool, reason: str, actor: Actor) -> None:
    problems = []
    if found.status != PublicationStatus.PROPOSED:
        problems.append(Text("该公示不在待审核状态。", "This publication does not wait for review."))
    if actor.officer is None or not has_capability(actor.officer, Capability.PUBLISH, case):
        problems.append(Text("您不是公示审核人。", "You are no reviewer of publications."))
    elif not handles_case(case, actor.officer):
        problems.append(Text("该案不属于您的部门。", "The case is not your department's."))
    if actor.officer and actor.officer.pk == found.proposed_by_id:
        problems.append(Text("提出人不能审核自己的公示。", "Who proposed it cannot review it."))
    if not publish and not reason.strip():
        problems.append(Text("退回须写明理由。", "Returning it needs a reason."))
    if publish:
        problems += _content_refusals(procedure_of(case), case, PublicationText(found.title, found.summary))
    if problems:
        raise NotAllowed(*problems)


def check_withdrawal(case: Case, actor: Actor) -> None:
    if actor == THE_PORTAL:
        return
    if actor.officer is None or not (
        handles_case(case, actor.officer) and has_capability(actor.officer, Capability.WITHDRAW, case)
    ):
        raise NotAllowed(
            Text(
                "只有承办部门有权撤回公示的人员可以撤回。",
                "Only those of the case's department whose post lets them may withdraw a publication.",
            )
        )


def _content_refusals(procedure: Procedure, case: Case, wording: PublicationText) -> list[Text]:
    """Why the case is not published so."""
    snapshot = case_snapshot(case)
    problems = _paper_refusals(procedure, snapshot)
    months = publication_months(procedure, snapshot.facts)
    if months is None or case.visibility > Audience.DEPARTMENT:
        problems.append(Text("按公示规则，该案不予公示。", "By its rule this case is not published."))
    elif procedure.publication and (over := expired_on(procedure, case, months)):
        basis = procedure.publication.basis
        problems.append(
            Text(
                f"公示期已于 {over} 届满，不得再公示（{basis.zh}）。",
                f"The time of publication ran out on {over}; it is not published again ({basis.en}).",
            )
        )
    if case.party_name and case.party_kind == PartyKind.NONE:
        problems.append(
            Text(
                "已填写当事人名称，请先更正当事人，注明是自然人还是单位：自然人须脱敏，位置须概略。",
                "A party is named: correct the party first and say whether it is a natural person, who is "
                "masked and whose place is generalised, or an organisation.",
            )
        )
    if any(mask_text(part, case) != part for part in (wording.title, wording.summary)):
        problems.append(
            Text("公示文本仍含个人信息，请先脱敏。", "The text still holds personal data; mask it first.")
        )
    if any(mask_places(part, case) != part for part in (wording.title, wording.summary)):
        problems.append(
            Text(
                "该案对外只显示概略位置，公示文本不得写明街路、村（社区）、楼宇或店铺名称。",
                "This case is public at a cell: its text names no street, village, community, building or shop.",
            )
        )
    return problems


def _paper_refusals(procedure: Procedure, snapshot: CaseSnapshot) -> list[Text]:
    """Steps and documents that its rule wants first."""
    rule, held = procedure.publication, snapshot.inventory
    if rule is None or held is None:
        return []
    titles = [procedure.steps[each].title for each in rule.after if each not in snapshot.facts.steps]
    first = [Text(f"须先办理“{each.zh}”", f'"{each.en}" must come first') for each in titles]
    return [
        Text(f"{each.zh}（{rule.basis.zh}）。", f"{each.en} ({rule.basis.en}).")
        for each in (*first, *missing_papers(procedure, rule.papers, held))
    ]
