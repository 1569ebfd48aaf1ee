"""What was imported, when, from which file, with which outcome; and the rows that wait to be put right."""

from django.conf import settings
from django.contrib.gis.db import models

from layers.coordinates import STORE_SRID
from layers.registry.text import Text
from layers.sentences.fields import SentenceField, SentencesField


class State(models.TextChoices):
    WAITING = "waiting", Text("等待", "Waiting")
    RUNNING = "running", Text("进行中", "Running")
    TRIED = "tried", Text("试运行", "Dry run")
    LOADED = "loaded", Text("已入库", "Loaded")
    STOPPED = "stopped", Text("未入库", "Not loaded")
    FAILED = "failed", Text("失败", "Failed")
    UNDONE = "undone", Text("已撤销", "Undone")


class Import(models.Model):
    """``added_rows`` is an int8multirange of primary keys, ``transaction`` the one that wrote them; ``proposal`` is filled
    where the file is to become a layer of its own, and says what that is to be."""

    layer = models.CharField(Text("图层", "Layer"), max_length=80)
    file_name = models.CharField(Text("文件", "File"), max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    source = models.CharField(Text("数据来源", "Source"), max_length=200, blank=True, db_default="")
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=Text("导入人", "Who")
    )
    state = models.CharField(
        Text("状态", "State"), max_length=10, choices=State.choices, db_default=State.LOADED
    )
    reason = SentenceField(Text("原因", "Reason"), blank=True, db_default="")
    options = models.JSONField(Text("选项", "Options"), default=dict, db_default={})
    proposal = models.JSONField(Text("新图层", "New layer"), default=dict, db_default={}, blank=True)
    started = models.DateTimeField(Text("开始时间", "Started"), null=True, blank=True)
    finished = models.DateTimeField(Text("完成时间", "Finished"), null=True, blank=True)
    counts = models.JSONField(Text("计数", "Counts"), default=dict)
    report = SentencesField(Text("报告", "Report"), default=dict)
    added_rows = models.TextField(editable=False, blank=True, db_default="{}")
    transaction = models.TextField(editable=False, blank=True, db_default="")

    class Meta:
        verbose_name = Text("导入", "import")
        verbose_name_plural = Text("导入", "imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.file_name} → {self.layer}"

    @property
    def job_key(self) -> str:
        """What a job that does it is known by."""
        return f"import:{self.pk}"


class RowIssue(models.Model):
    """A row that is not stored as delivered; a held one waits until it is put right or let go.

    ``problems`` is a list of objects with wrong, field, value and done. ``shape`` is WKB as delivered, in the
    reference system of the import.
    """

    imported = models.ForeignKey(
        Import, models.CASCADE, related_name="rows", verbose_name=Text("导入", "Import")
    )
    row = models.IntegerField(Text("行", "Row"))
    label = models.CharField(Text("名称", "Name"), max_length=80, blank=True, db_default="")
    is_held = models.BooleanField(Text("待处理", "Held back"))
    problems = SentencesField(Text("问题", "Problems"))
    values = models.JSONField(Text("原始值", "Values"), default=dict)
    shape = models.BinaryField(null=True)
    place = models.GeometryField(Text("位置", "Place"), srid=STORE_SRID, null=True, spatial_index=False)

    class Meta:
        verbose_name = Text("问题行", "row with issues")
        verbose_name_plural = Text("问题行", "rows with issues")
        ordering = ["imported", "row"]
        indexes = [models.Index(fields=["imported", "is_held", "row"])]

    def __str__(self) -> str:
        return self.label or f"{self.row}"


class RowGroup(models.Model):
    """Rows of which one thing is so and one thing was done, by their numbers (``1-200, 305``)."""

    imported = models.ForeignKey(Import, models.CASCADE, related_name="row_groups")
    wrong = SentenceField()
    done = SentenceField()
    rows = models.TextField()


class PriorVersion(models.Model):
    """A row as it was before an import changed or removed it, and the transaction that had written it."""

    imported = models.ForeignKey(Import, models.CASCADE, related_name="prior_versions")
    row = models.BigIntegerField()
    content = models.JSONField()
    transaction = models.TextField(db_default="")


class RowOrigin(models.Model):
    """A row that was put back by ``transaction`` as it was when ``origin``, another transaction, had written it."""

    layer = models.CharField(max_length=80)
    row = models.BigIntegerField()
    transaction = models.TextField()
    origin = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["layer", "row"], name="one_row_origin")]


class DeliveryProfile(models.Model):
    """What was answered about files of a sender with the same headings, the last time one was loaded into a layer.

    The sender is a department, else the person who loaded the file; ``schema`` is the SHA-256 of the headings;
    ``proposal`` is filled where the file became a layer of its own.
    """

    layer = models.CharField(Text("图层", "Layer"), max_length=80)
    department = models.ForeignKey(
        "agencies.Department", models.CASCADE, null=True, blank=True, verbose_name=Text("报送部门", "Sender")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, verbose_name=Text("导入人", "Who")
    )
    schema = models.CharField(max_length=64)
    headings = models.JSONField(Text("列", "Columns"), default=list)
    options = models.JSONField(Text("选项", "Options"), default=dict)
    proposal = models.JSONField(Text("新图层", "New layer"), default=dict, blank=True)
    used = models.DateTimeField(Text("最近使用", "Used last"), auto_now=True)

    class Meta:
        verbose_name = Text("报送档案", "delivery profile")
        verbose_name_plural = Text("报送档案", "delivery profiles")
        ordering = ["-used", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["layer", "department", "person", "schema"],
                name="one_delivery_profile",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.department or self.person or '–'} → {self.layer}"
