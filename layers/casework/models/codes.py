"""The words in which cases of every family are kept; states and procedures have those of their texts."""

from django.db import models

from ...registry.text import Text


class PartyKind(models.TextChoices):
    PERSON = "person", Text("自然人", "Natural person")
    ORGANISATION = "organisation", Text("单位", "Organisation")
    NONE = "none", Text("无当事人", "No party")


class LeadSource(models.TextChoices):
    PATROL = "patrol", Text("巡查", "Patrol")
    COMPLAINT = "complaint", Text("投诉举报", "Complaint")
    TRANSFER = "transfer", Text("移送", "Transfer")
    INSPECTION = "inspection", Text("检查", "Inspection")
    SENSOR = "sensor", Text("感知设备", "Sensor")
    SATELLITE = "satellite", Text("卫星图斑", "Satellite patch")
