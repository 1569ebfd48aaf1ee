"""Evidence and documents: files by their content's hash; originals are never changed."""

from typing import Self

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField

from ...agencies.models import Officer
from ...coordinates import STORE_SRID
from ...registry.text import Text
from .case import Case
from .events import Event


class EvidenceKind(models.TextChoices):
    """Kinds of Art. 46 of the Administrative Penalty Law."""

    DOCUMENT = "document", Text("书证", "Document")
    PHYSICAL = "physical", Text("物证", "Physical evidence")
    AUDIO_VISUAL = "audio_visual", Text("视听资料", "Audio-visual material")
    ELECTRONIC = "electronic", Text("电子数据", "Electronic data")
    TESTIMONY = "testimony", Text("证人证言", "Testimony")
    STATEMENT = "statement", Text("当事人陈述", "Statement of the party")
    OPINION = "opinion", Text("鉴定意见", "Expert opinion")
    SCENE_RECORD = "scene_record", Text("勘验笔录、现场笔录", "Inspection or scene record")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def pieces(self) -> Self:
        """What counts: neither what was made of a piece, nor a reduced copy whose whole has come."""
        return self.filter(original=None, whole=None)


class Evidence(models.Model):
    """One file. ``heading`` degrees from north, ``accuracy`` metres; ``original`` is set on derivatives.

    ``copy`` is the reduced copy that a phone sent ahead of this file.
    ``outside`` is the role of somebody without an account who sent it. ``findings`` lists what in the file does not
    fit the case's place or time.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence", verbose_name=Text("案件", "Case"))
    kind = models.CharField(Text("证据种类", "Kind"), max_length=16, choices=EvidenceKind.choices)
    title = models.CharField(Text("名称", "Title"), max_length=160, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField(Text("字节", "Bytes"))
    media_type = models.CharField(Text("媒体类型", "Media type"), max_length=80)
    file_name = models.CharField(Text("文件名", "File name"), max_length=160)
    original = models.ForeignKey("self", models.PROTECT, null=True, related_name="derivatives")
    copy = models.OneToOneField("self", models.PROTECT, null=True, related_name="whole")
    captured = models.DateTimeField(Text("拍摄时间（设备）", "Captured, the device's time"), null=True)
    received = models.DateTimeField(Text("接收时间（服务器）", "Received, the server's time"))
    position = models.PointField(Text("位置", "Position"), srid=STORE_SRID, null=True, spatial_index=False)
    accuracy = models.FloatField(Text("精度（米）", "Accuracy, metres"), null=True)
    heading = models.FloatField(Text("方向", "Heading"), null=True)
    device = models.CharField(Text("设备", "Device"), max_length=160, blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    partner = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    outside = models.CharField(Text("外部角色", "Role outside"), max_length=40, blank=True, db_default="")
    exif = models.JSONField(default=dict)
    findings = ArrayField(models.CharField(max_length=40), default=list)
    key = models.UUIDField(null=True, unique=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = Text("证据", "evidence")
        verbose_name_plural = Text("证据", "evidence")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title or self.file_name


class PendingUpload(models.Model):
    """A file that arrived for a case and is no evidence yet: only who sent it sees it, ``until`` it is forgotten.

    That is an officer, or whoever acts in the role ``outside``. ``key`` becomes that of the evidence, so that what is
    sent twice is one piece.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="pending_uploads")
    officer = models.ForeignKey(Officer, models.CASCADE, null=True, related_name="+")
    outside = models.CharField(Text("外部角色", "Role outside"), max_length=40, blank=True, db_default="")
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField(Text("字节", "Bytes"))
    file_name = models.CharField(Text("文件名", "File name"), max_length=160)
    received = models.DateTimeField(Text("接收时间", "Received"))
    until = models.DateTimeField(Text("保留至", "Kept until"), db_index=True)
    key = models.UUIDField()

    class Meta:
        verbose_name = Text("待入卷文件", "pending upload")
        verbose_name_plural = Text("待入卷文件", "pending uploads")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "officer", "outside", "sha256"],
                nulls_distinct=False,
                name="one_pending_upload_a_file",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Document(models.Model):
    """A document that was made, with its number and the hash of its PDF; ``event`` is the step that called for it."""

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="documents", verbose_name=Text("案件", "Case")
    )
    event = models.ForeignKey(
        Event,
        models.PROTECT,
        null=True,
        related_name="documents",
        verbose_name=Text("所依步骤", "Step"),
    )
    code = models.CharField(Text("文书", "Document"), max_length=40)
    title = models.CharField(Text("名称", "Title"), max_length=120)
    number = models.CharField(Text("文号", "Number"), max_length=80, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField(Text("字节", "Bytes"))
    template = models.CharField(Text("模板版本", "Template"), max_length=60)
    made_at = models.DateTimeField(Text("制作时间", "Made"))
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = Text("文书", "document")
        verbose_name_plural = Text("文书", "documents")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"
