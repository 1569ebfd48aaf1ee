"""What was imported, when, from which file, with which outcome."""

from django.conf import settings
from django.db import models

from layers.registry.text import Text


class Import(models.Model):
    layer = models.CharField(Text("图层", "Layer"), max_length=80)
    file_name = models.CharField(Text("文件", "File"), max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    source = models.CharField(Text("数据来源", "Source"), max_length=200, blank=True, db_default="")
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=Text("导入人", "Who")
    )
    started = models.DateTimeField(Text("开始时间", "Started"), null=True, blank=True)
    finished = models.DateTimeField(Text("完成时间", "Finished"), auto_now_add=True)
    counts = models.JSONField(Text("计数", "Counts"), default=dict)
    report = models.JSONField(Text("报告", "Report"), default=dict)

    class Meta:
        verbose_name = Text("导入", "import")
        verbose_name_plural = Text("导入", "imports")
        ordering = ["-finished"]

    def __str__(self) -> str:
        return f"{self.file_name} → {self.layer}"
