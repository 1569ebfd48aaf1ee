"""The words in which cases of every family are kept; states and procedures have those of their texts."""

from django.db import models

from ...registry.text import Text


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
