"""Departments and government units, with the field names of the district's unit directory."""

from datetime import date

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator

from ..registry.audience import DEPARTMENT_CODE
from ..registry.models import PointFeature
from ..registry.text import Text


class Department(models.Model):
    """A department whose officers share rights; ``code`` is used in rules and file mappings.

    ``mark`` stands for the agency in the numbers of its documents (机关代字), else the code does.
    """

    code = models.CharField(
        Text("代码", "Code"),
        max_length=16,
        unique=True,
        validators=[
            RegexValidator(
                DEPARTMENT_CODE,
                Text(
                    "部门代码由大写字母和数字组成，以字母开头，最多 16 位。",
                    "A department's code is made of capital letters and digits, at most 16, and begins with a letter.",
                ),
            )
        ],
    )
    name = models.CharField(Text("名称", "Name"), max_length=80)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=120, blank=True)
    mark = models.CharField(
        Text("机关代字", "Mark in document numbers"), max_length=12, blank=True, db_default=""
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=DEPARTMENT_CODE), name="department_code_of_letters_and_digits"
            ),
            models.UniqueConstraint(
                fields=["mark"], condition=~models.Q(mark=""), name="one_department_a_mark"
            ),
        ]
        verbose_name = Text("部门", "department")
        verbose_name_plural = Text("部门", "departments")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ResponsibleBody(models.Model):
    """A body of a department to which matters are dispatched (责任单位), such as a sanitation office."""

    code = models.CharField(Text("代码", "Code"), max_length=24, unique=True)
    name = models.CharField(Text("名称", "Name"), max_length=80)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=120, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="bodies", verbose_name=Text("部门", "Department")
    )
    is_active = models.BooleanField(Text("启用", "In use"), default=True)

    class Meta:
        verbose_name = Text("责任单位", "responsible body")
        verbose_name_plural = Text("责任单位", "responsible bodies")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Officer(models.Model):
    """Somebody who acts for a department. ``posts`` are role codes of procedures, such as ``investigator``."""

    code = models.CharField(Text("工号", "Staff number"), max_length=24, unique=True)
    name = models.CharField(Text("姓名", "Name"), max_length=60)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="staff", verbose_name=Text("部门", "Department")
    )
    posts = ArrayField(
        models.CharField(max_length=24), verbose_name=Text("岗位", "Posts"), default=list, blank=True
    )
    body = models.ForeignKey(
        ResponsibleBody,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="staff",
        verbose_name=Text("责任单位", "Responsible body"),
    )
    is_active = models.BooleanField(Text("在岗", "In service"), default=True)

    class Meta:
        verbose_name = Text("执法人员", "officer")
        verbose_name_plural = Text("执法人员", "officers")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def held_credentials(self, day: date) -> frozenset[str]:
        """Kinds of the credentials that are valid on a day."""
        return frozenset(each.kind for each in self.credentials.all() if each.is_valid(day))


class Credential(models.Model):
    """What entitles an officer to act, such as a certificate; ``kind`` is a code of the procedures."""

    officer = models.ForeignKey(
        Officer, models.CASCADE, related_name="credentials", verbose_name=Text("人员", "Officer")
    )
    kind = models.CharField(Text("种类", "Kind"), max_length=40)
    number = models.CharField(Text("证号", "Number"), max_length=40)
    valid_until = models.DateField(Text("有效期至", "Valid until"), null=True, blank=True)

    class Meta:
        verbose_name = Text("证件与资格", "credential")
        verbose_name_plural = Text("证件与资格", "credentials")
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "kind"], name="one_credential_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    def is_valid(self, day: date) -> bool:
        return self.valid_until is None or day <= self.valid_until


class Unit(PointFeature):
    """A government unit with a front door."""

    name = models.CharField(Text("名称", "Name"), max_length=120)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=160, blank=True)
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, verbose_name=Text("所属部门", "Department")
    )
    address = models.CharField(Text("地址", "Address"), max_length=200, blank=True)
    phone = models.CharField(Text("电话", "Telephone"), max_length=40, blank=True)
    hours = models.CharField(Text("办公时间", "Hours"), max_length=120, blank=True)
    duties = models.TextField(Text("职责", "Duties"), blank=True)

    class Meta(PointFeature.Meta):
        verbose_name = Text("机关单位", "government unit")
        verbose_name_plural = Text("机关单位", "government units")

    def __str__(self) -> str:
        return self.name
