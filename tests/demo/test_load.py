"""Loading the demo district: all of it, once, and never over somebody's data."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from geoportal.accounts.models import User
from layers.agencies.models import Department
from layers.base.models import Building, Division

pytestmark = pytest.mark.django_db


def test_the_command_loads_the_district_once(
    own_data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_demo")
    assert Division.objects.count() == 245
    assert Building.objects.filter(is_generated=True).count() > 15_000
    assert Building.objects.filter(search_text="").count() < Building.objects.count()
    sign_ins = own_data_folder / "demo-sign-ins.json"
    assert sign_ins.stat().st_mode & 0o777 == 0o600
    for entry in json.loads(sign_ins.read_text()):
        assert User.objects.get(username=entry["name"]).check_password(entry["password"])
    call_command("load_demo")
    assert "is loaded" in capsys.readouterr().out


def test_other_data_are_left_alone(own_data_folder: Path) -> None:
    Department.objects.create(code="X", name="已有")
    with pytest.raises(CommandError, match="holds rows already"):
        call_command("load_demo")
    assert Department.objects.count() == 1
    assert not Division.objects.exists()
