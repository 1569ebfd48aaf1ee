"""Procedures as they are kept: each version once, never changed."""

from django.db import models

from ...registry.text import Text


class ProcedureVersion(models.Model):
    """The YAML text of one version; running cases keep the version they began with.

    ``root`` is the code of the text that it extends in the end, its own where it extends none; ``principal`` that of
    the role of its principal party.
    """

    code = models.CharField(Text("代码", "Code"), max_length=40)
    root = models.CharField(Text("基本程序", "Basic procedure"), max_length=40)
    version = models.PositiveIntegerField(Text("版本", "Version"))
    family = models.CharField(Text("类别", "Family"), max_length=32)
    title_zh = models.CharField(Text("中文名称", "Chinese title"), max_length=80)
    title_en = models.CharField(Text("英文名称", "English title"), max_length=120)
    text = models.TextField(Text("内容", "Content"))
    principal = models.CharField(Text("案件当事人身份", "Principal party"), max_length=40)
    bases = models.JSONField(Text("所依据的文本", "Texts it extends"), default=dict, db_default={})
    is_current = models.BooleanField(Text("现行", "In force"), default=True)
    made_at = models.DateTimeField(Text("登记时间", "Registered"), auto_now_add=True)
    made_by = models.CharField(Text("登记人", "By"), max_length=150, blank=True)

    class Meta:
        verbose_name = Text("程序版本", "procedure version")
        verbose_name_plural = Text("程序版本", "procedure versions")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_text_a_version"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(is_current=True), name="one_version_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class DocumentTemplate(models.Model):
    """The wording of a statutory form as HTML with Jinja fields; the newest version of a code is used.

    ``family`` is "" for what the cases of every family print by, unless theirs has its own of that code.
    """

    family = models.CharField(Text("类别", "Family"), max_length=32, blank=True)
    code = models.CharField(Text("代码", "Code"), max_length=40)
    version = models.PositiveIntegerField(Text("版本", "Version"))
    title_zh = models.CharField(Text("中文名称", "Chinese title"), max_length=80)
    title_en = models.CharField(Text("英文名称", "English title"), max_length=120)
    text = models.TextField(Text("内容", "Content"))
    made_at = models.DateTimeField(Text("登记时间", "Registered"), auto_now_add=True)
    made_by = models.CharField(Text("登记人", "By"), max_length=150, blank=True)

    class Meta:
        verbose_name = Text("文书模板", "document template")
        verbose_name_plural = Text("文书模板", "document templates")
        ordering = ["family", "code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["family", "code", "version"], name="one_template_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class NumberSeries(models.Model):
    """The last number given out of a series, such as a department's decisions of a year."""

    series = models.CharField(max_length=80, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = Text("编号序列", "series of numbers")
        verbose_name_plural = Text("编号序列", "series of numbers")

    def __str__(self) -> str:
        return f"{self.series} {self.last}"
