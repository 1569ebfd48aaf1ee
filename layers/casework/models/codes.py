"""The words in which cases are kept; procedures as data may add states, which then show their own titles."""

from django.db import models

from ...registry.text import Text


class Family(models.TextChoices):
    ENFORCEMENT = "enforcement", Text("行政执法", "Enforcement")
    FOOD = "food", Text("食品安全", "Food safety")
    LETTER = "letter", Text("来信", "Letter")
    APPROVAL = "approval", Text("审批", "Approval")
    INCIDENT = "incident", Text("事件", "Incident")


class Procedure(models.TextChoices):
    SIMPLE = "simple", Text("简易程序", "Simple procedure")
    ORDINARY = "ordinary", Text("普通程序", "Ordinary procedure")
    URBAN = "urban", Text("数字城管", "Digital urban management")


class CaseState(models.TextChoices):
    LEAD = "lead", Text("线索", "Lead")
    FILED = "filed", Text("立案", "Filed")
    INVESTIGATION = "investigation", Text("调查取证", "Investigation")
    REVIEW = "review", Text("审核", "Review")
    NOTICE = "notice", Text("告知", "Notice")
    HEARING = "hearing", Text("听证", "Hearing")
    LEGAL_REVIEW = "legal_review", Text("法制审核", "Legal review")
    DECISION = "decision", Text("决定", "Decision")
    DELIVERY = "delivery", Text("送达", "Delivery")
    EXECUTION = "execution", Text("执行", "Execution")
    COURT = "court", Text("申请法院强制执行", "Before the court")
    CLOSING = "closing", Text("待结案", "Ready to close")
    DISPATCHED = "dispatched", Text("任务派遣", "Dispatched")
    HANDLING = "handling", Text("任务处理", "Handling")
    PENDING = "pending", Text("挂账", "Pending register")
    FEEDBACK = "feedback", Text("处理反馈", "Feedback")
    VERIFICATION = "verification", Text("核查", "Verification")
    CLOSED = "closed", Text("结案", "Closed")
    EVALUATED = "evaluated", Text("综合评价", "Evaluated")
    ARCHIVED = "archived", Text("归档", "Archived")
    DISMISSED = "dismissed", Text("不予立案", "Not filed")


class PartyKind(models.TextChoices):
    PERSON = "person", Text("自然人", "Natural person")
    ORGANISATION = "organisation", Text("单位", "Organisation")
    NONE = "none", Text("无当事人", "No party")


class PenaltyKind(models.TextChoices):
    """Kinds of Art. 9 of the Administrative Penalty Law."""

    WARNING = "warning", Text("警告、通报批评", "Warning or public criticism")
    FINE = "fine", Text("罚款、没收", "Fine or confiscation")
    LICENCE = "licence", Text("暂扣、降低、吊销许可", "Licence suspended, downgraded or revoked")
    ACTIVITY = "activity", Text("限制经营、责令停产停业", "Activity restricted or closed")
    DETENTION = "detention", Text("行政拘留", "Detention")
    NONE = "none", Text("不予处罚", "No penalty")


class LeadSource(models.TextChoices):
    PATROL = "patrol", Text("巡查", "Patrol")
    COMPLAINT = "complaint", Text("投诉举报", "Complaint")
    TRANSFER = "transfer", Text("移送", "Transfer")
    INSPECTION = "inspection", Text("检查", "Inspection")
    SENSOR = "sensor", Text("感知设备", "Sensor")
    SATELLITE = "satellite", Text("卫星图斑", "Satellite patch")
