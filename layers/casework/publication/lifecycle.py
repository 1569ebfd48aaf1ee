"""The publication gate: proposed with a masked text, reviewed by somebody else, published, and taken back."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from layers.casework.cases.access import handles_case
from layers.casework.cases.actor import THE_PORTAL, Actor, NotAllowed, lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, EventKind, Gate, PartyKind, Publication
from layers.casework.procedures import Facts, Phase, Procedure
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.facts import case_facts
from layers.casework.rules.step_rules import publication_months
from layers.registry.audience import Audience
from layers.registry.text import Text

REVIEWER = "publisher"
WITHDRAWING = {REVIEWER, "head"}


def _number(pattern: str) -> re.Pattern[str]:
    """A number that may be written with spaces or hyphens between its groups (``_``), and in full width."""
    digits = pattern.replace("_", r"[ \u3000\-－–]?").replace("D", "[0-9０-９]")
    return re.compile(f"(?<![0-9０-９]){digits}(?![0-9０-９])")


PERSONAL = (
    (_number("D{6}_D{4}_D{4}_D{3}_[0-9０-９XxＸｘ]"), "〔证件号码〕"),
    (_number("D{15}"), "〔证件号码〕"),
    (_number("[1１][3-9３-９]D_D{4}_D{4}"), "〔电话〕"),
    (_number("[0０]D{2,3}_D{3,4}_D{4}"), "〔电话〕"),
    (_number("D{4}_D{4}_D{4}_D{4}(?:_D{1,3})?"), "〔账号〕"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII), "〔邮箱〕"),
    (re.compile(r"[一-龥]?[（(]\d{4}[）)][^，。；、\s]{0,20}不动产权第\s*\d+\s*号"), "〔产权证号〕"),
    (
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\- ]?[A-Z0-9]{5,6}"
        ),
        "〔车牌〕",
    ),
)
"""What names a person whoever it is: numbers of identity, telephones, accounts, addresses of mail, title deeds, plates."""


@dataclass(frozen=True)
class PublicationText:
    """What the public is to read, beside the party's name, which is masked by rule."""

    title: str
    summary: str


def mask_name(name: str, kind: str) -> str:
    """A natural person keeps the surname; organisations are published with their name."""
    if kind != PartyKind.PERSON or not name:
        return name if kind == PartyKind.ORGANISATION else ""
    return name[0] + "某" * max(1, min(2, len(name) - 1))


def mask_text(text: str, case: Case) -> str:
    """A text without the party's name, address of home, numbers of identity, telephone and account.

    Names of witnesses, complainants and minors are known to nobody but whoever writes and whoever reviews.
    """
    own = {str(case.fields.get("party_address") or ""): "〔住址〕", case.party_phone: "〔电话〕"}
    if case.party_kind != PartyKind.ORGANISATION:
        own |= {
            case.party_id: "〔证件号码〕",
            case.party_name: mask_name(case.party_name, PartyKind.PERSON),
        }
    for known, instead in own.items():
        text = text.replace(known, instead) if known.strip() else text
    for pattern, instead in PERSONAL:
        text = pattern.sub(instead, text)
    return text


def suggested_text(case: Case) -> PublicationText:
    return PublicationText(mask_text(case.title, case), mask_text(case.resolution, case))


def propose(case_id: int, wording: PublicationText, actor: Actor, revision: int | None = None) -> Publication:
    with lock_case(case_id, revision) as case:
        procedure = procedure_of(case)
        if actor.officer is None or not handles_case(case, actor.officer):
            raise NotAllowed(
                Text("只有承办部门可以提出公示。", "Only the case's department may propose publication.")
            )
        if case.publications.filter(gate__in=[Gate.PROPOSED, Gate.PUBLISHED]).exists():
            raise NotAllowed(
                Text("该案已在公示或待审核。", "This case is published or waits for review already.")
            )
        if problems := _refusals(procedure, case, wording):
            raise NotAllowed(*problems)
        made = Publication.objects.create(
            case=case,
            title=wording.title,
            party=mask_name(case.party_name, case.party_kind),
            summary=wording.summary,
            proposed_by=actor.officer,
            proposed_at=timezone.now(),
        )
        append_event(
            case, actor, Entry(EventKind.PUBLICATION, data={"gate": Gate.PROPOSED, "publication": made.pk})
        )
        return made


def review(publication_id: int, *, publish: bool, reason: str, actor: Actor) -> Publication:
    """Somebody else with the post of a reviewer publishes it or gives it back with a reason."""
    case_id = Publication.objects.values_list("case_id", flat=True).get(pk=publication_id)
    with lock_case(case_id) as case:
        found = case.publications.get(pk=publication_id)
        _check_review(case, found, publish, reason, actor)
        before = case.title
        found.reviewed_by, found.reason = actor.officer, reason
        if publish:
            _publish(case, found)
        else:
            found.gate, found.ended_at = Gate.RETURNED, timezone.now()
        found.save()
        data = {"gate": found.gate, "publication": found.pk, "title_before": before}
        append_event(case, actor, Entry(EventKind.PUBLICATION, data=data))
        return found


def withdraw(case_id: int, reason: str, actor: Actor, gate: Gate = Gate.WITHDRAWN) -> None:
    """Nobody but the departments sees the case from here on; tiles that showed it are drawn anew."""
    with lock_case(case_id) as case:
        found = case.publications.filter(gate=Gate.PUBLISHED).first()
        _check_withdrawal(case, actor)
        if found is None:
            raise NotAllowed(Text("该案没有公示。", "This case is not published."))
        if not reason.strip():
            raise NotAllowed(Text("撤回须写明理由。", "Withdrawing needs a reason."))
        _end_publication(case, found, gate, reason, actor)


def end_if_excluded(case: Case, procedure: Procedure, facts: Facts, actor: Actor) -> None:
    """After a step: what its rule publishes no more, as when the decision is revoked, ends at once."""
    if publication_months(procedure, facts) is None:
        end_publications(case, "按公示规则不再公示", actor)


def end_publications(case: Case, reason: str, actor: Actor) -> None:
    """What is public is withdrawn, what waits for its reviewer goes back; the case must be held."""
    for found in case.publications.filter(gate__in=[Gate.PROPOSED, Gate.PUBLISHED]):
        gate = Gate.WITHDRAWN if found.gate == Gate.PUBLISHED else Gate.RETURNED
        _end_publication(case, found, gate, reason, actor)


def _end_publication(case: Case, found: Publication, gate: Gate, reason: str, actor: Actor) -> None:
    if found.gate == Gate.PUBLISHED:
        case.visibility, case.party_public, case.summary_public = Audience.DEPARTMENT, "", ""
    found.gate, found.ended_at, found.reason = gate, timezone.now(), reason
    found.save()
    data = {"gate": gate, "publication": found.pk, "reason": reason}
    append_event(case, actor, Entry(EventKind.PUBLICATION, data=data))


def expire_publications(today: date) -> int:
    """Withdraw what has been public for as long as its rule says."""
    over = Publication.objects.filter(gate=Gate.PUBLISHED, until__lt=today)
    return sum(
        _expire_publication(over, pk, case_id) for pk, case_id in list(over.values_list("pk", "case_id"))
    )


@transaction.atomic
def _expire_publication(over: "QuerySet[Publication]", pk: int, case_id: int) -> bool:
    """Whether it still was public: meanwhile somebody may have withdrawn it."""
    Case.objects.select_for_update().get(pk=case_id)
    if not over.filter(pk=pk).exists():
        return False
    withdraw(case_id, "公示期满", THE_PORTAL, Gate.EXPIRED)
    return True


def expired_on(procedure: Procedure, case: Case, months: int) -> date | None:
    """The last day on which the decision could be public, if that has passed.

    Counted from its first publication, lest taking it back and proposing it again give it more time; from the
    decision where it never was public.
    """
    decided = _decision_time(procedure, case)
    since = _first_publication_time(case, decided) or decided
    last = timezone.localdate(since) + relativedelta(months=months) if since else None
    return last if last and last < timezone.localdate() else None


def _decision_time(procedure: Procedure, case: Case) -> datetime | None:
    """When the case was last decided; None where that was elsewhere."""
    phases = {code: state.phase for code, state in procedure.states.items()}
    deciding = [
        step.code
        for step in procedure.steps.values()
        if step.target
        and phases[step.target] in {Phase.DECIDED, Phase.CLOSED}
        and any(phases[source] is Phase.OPEN for source in step.sources)
    ]
    taken = case.events.filter(kind=EventKind.STEP, step__in=deciding).order_by("pk").last()
    return taken.at if taken else None


def _first_publication_time(case: Case, decided: datetime | None) -> datetime | None:
    """When the decision, not an earlier one that was revoked, was first made public."""
    public = case.publications.filter(published_at__isnull=False)
    if decided:
        public = public.filter(published_at__gte=decided)
    return public.order_by("published_at").values_list("published_at", flat=True).first()


def _refusals(procedure: Procedure, case: Case, wording: PublicationText) -> list[Text]:
    """Why the case is not published so."""
    problems = []
    months = publication_months(procedure, case_facts(procedure, case))
    if months is None or case.visibility > Audience.DEPARTMENT:
        problems.append(Text("按公示规则，该案不予公示。", "By its rule this case is not published."))
    elif over := expired_on(procedure, case, months):
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
    return problems


def _check_withdrawal(case: Case, actor: Actor) -> None:
    if actor == THE_PORTAL:
        return
    if actor.officer is None or not (
        handles_case(case, actor.officer) and WITHDRAWING & set(actor.officer.posts)
    ):
        raise NotAllowed(
            Text(
                "只有承办部门的公示审核人或负责人可以撤回公示。",
                "Only the reviewer or the head of the case's department may withdraw a publication.",
            )
        )


def _check_review(case: Case, found: Publication, publish: bool, reason: str, actor: Actor) -> None:
    problems = []
    if found.gate != Gate.PROPOSED:
        problems.append(Text("该公示不在待审核状态。", "This publication does not wait for review."))
    if actor.officer is None or REVIEWER not in actor.officer.posts:
        problems.append(Text("您不是公示审核人。", "You are no reviewer of publications."))
    elif not handles_case(case, actor.officer):
        problems.append(Text("该案不属于您的部门。", "The case is not your department's."))
    if actor.officer and actor.officer.pk == found.proposed_by_id:
        problems.append(Text("提出人不能审核自己的公示。", "Who proposed it cannot review it."))
    if not publish and not reason.strip():
        problems.append(Text("退回须写明理由。", "Returning it needs a reason."))
    if publish:
        problems += _refusals(procedure_of(case), case, PublicationText(found.title, found.summary))
    if problems:
        raise NotAllowed(*problems)


def _publish(case: Case, found: Publication) -> None:
    procedure = procedure_of(case)
    months, now = publication_months(procedure, case_facts(procedure, case)), timezone.now()
    since = _first_publication_time(case, _decision_time(procedure, case)) or now
    found.gate, found.published_at = Gate.PUBLISHED, now
    found.party = mask_name(case.party_name, case.party_kind)
    found.until = timezone.localdate(since) + relativedelta(months=months) if months else None
    case.title, case.party_public, case.summary_public = found.title, found.party, found.summary
    case.visibility = Audience.PUBLIC
