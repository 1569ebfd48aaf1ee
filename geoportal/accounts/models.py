"""People who sign in, their role and departments."""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from layers.agencies.models import Department, Officer
from layers.registry.audience import Audience
from layers.registry.text import Text

from .session_store import SessionStore


class Role(models.TextChoices):
    CITIZEN = "citizen", Text("市民", "Citizen")
    OFFICER = "officer", Text("执法人员", "Officer")
    PLANNER = "planner", Text("规划人员", "Planner")
    ADMINISTRATOR = "administrator", Text("管理员", "Administrator")


AUDIENCES = {
    Role.CITIZEN: Audience.SIGNED_IN,
    Role.OFFICER: Audience.DEPARTMENT,
    Role.PLANNER: Audience.DEPARTMENT,
    Role.ADMINISTRATOR: Audience.RESTRICTED,
}


class User(AbstractUser):
    role = models.CharField(Text("角色", "Role"), max_length=16, choices=Role.choices, default=Role.CITIZEN)
    departments = models.ManyToManyField(
        Department,
        blank=True,
        verbose_name=Text("所属部门", "Departments"),
        help_text=Text(
            "仅用于非执法人员；执法人员的部门以其执法人员信息为准。",
            "For people who are no officers; an officer's department is that of the officer's record.",
        ),
    )
    officer = models.OneToOneField(
        Officer, models.SET_NULL, null=True, blank=True, verbose_name=Text("执法人员", "Officer")
    )

    password_changed_at = models.DateTimeField(
        Text("密码修改时间", "Password changed at"), null=True, editable=False
    )

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()

    @property
    def audience(self) -> Audience:
        """What this person's role may see; the departments say whose rows are own."""
        return AUDIENCES[Role(self.role)]

    def department_codes(self) -> Iterable[str]:
        """An officer belongs to the department of the officer's record while in service, to no other."""
        if self.officer_id is None:
            return self.departments.values_list("code", flat=True)
        return Department.objects.filter(staff=self.officer_id, staff__is_active=True).values_list(
            "code", flat=True
        )


class Session(AbstractBaseSession):
    """One browser; without ``user`` it belongs to nobody who is signed in. It ends when it is not used until ``expire_date``."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=300)
    begun_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore


class Throttle(models.Model):
    """Wrong guesses that are counted together. ``key`` is a digest; ``turn`` is from when on one that waits may try."""

    key = models.CharField(max_length=64, primary_key=True)
    scope = models.CharField(max_length=8)
    failures = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(db_index=True)
    turn = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.scope}: {self.failures}"


class SecondFactor(models.Model):
    """``secret`` is the app's key, encrypted, the digest of a recovery code, or what a passkey said of itself, without
    anything secret; ``used_step`` is the app's last step, or how often the passkey says that it was used."""

    AUTHENTICATOR, RECOVERY, PASSKEY = "authenticator", "recovery", "passkey"

    user = models.ForeignKey(User, models.CASCADE, related_name="second_factors")
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=60, blank=True)
    secret = models.CharField(max_length=4000)
    used_step = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(kind="authenticator"), name="one_authenticator"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.kind
