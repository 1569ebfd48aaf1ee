from pathlib import Path

import pytest

from geoportal.launch.progress import Steps
from geoportal.launch.setup import debian_packages
from tests.launch.lesser_user import refusal_met


def test_only_what_dpkg_does_not_list_as_installed_is_missing() -> None:
    assert debian_packages.missing(["dpkg", "no-such-package-of-debian"]) == ["no-such-package-of-debian"]


def test_everything_the_tests_need_is_installed_by_now() -> None:
    assert debian_packages.missing(debian_packages.needed(own_database=True, tests=True)) == []


def test_a_database_of_ones_own_needs_no_server_here() -> None:
    assert not set(debian_packages.OWN_DATABASE) & set(
        debian_packages.needed(own_database=False, tests=False)
    )


def test_a_user_without_root_and_sudo_is_told_the_packages_and_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no sudo there
    sentence = refusal_met(
        lambda: debian_packages.install(["postgresql-15", "gettext"], Steps(1), tmp_path / "log")
    )
    assert "are missing and need root or sudo: postgresql-15 gettext." in sentence
    assert sentence.endswith(
        "apt-get update && apt-get install -y --no-install-recommends postgresql-15 gettext"
    )
