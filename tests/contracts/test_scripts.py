"""The browser's scripts: imports go one way, the phone keeps all it needs, and the portal is asked in one place."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from django.conf import settings
from django.templatetags.static import static

from geoportal.field import pwa

IMPORT = re.compile(r'(?:^|;)(?:import|export)\b(?:[^;"]*?\bfrom\b)?\s*"(\.[^"]+)"', re.MULTILINE)
SCRIPTS = sorted(path for path in settings.ASSETS.rglob("*.js") if "vendor" not in path.parts)


def imports(script: Path) -> list[Path]:
    return [(script.parent / name).resolve() for name in IMPORT.findall(script.read_text("utf-8"))]


def needs(script: Path) -> set[Path]:
    """The script with everything it imports, at whatever depth."""
    found, left = set(), [script]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += imports(one)
    return found


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(settings.ASSETS)))
def test_a_script_imports_what_is_there(script: Path) -> None:
    assert [path for path in imports(script) if not path.is_file()] == []


def test_no_script_imports_itself_by_way_of_others() -> None:
    graph = {script: imports(script) for script in SCRIPTS}
    assert sum(map(len, graph.values())) > 50
    TopologicalSorter(graph).prepare()


def test_the_phone_keeps_every_script_that_its_page_needs() -> None:
    needed = {
        static(str(path.relative_to(settings.ASSETS))) for path in needs(settings.ASSETS / "field/app.js")
    }
    assert needed - set(pwa.addresses()) == set()


def test_the_phone_keeps_no_shared_script_that_its_page_does_not_need() -> None:
    needed = {str(path.relative_to(settings.ASSETS)) for path in needs(settings.ASSETS / "field/app.js")}
    kept = {name for name in pwa.SHARED if name.endswith(".js") and not name.startswith("leaflet/")}
    assert kept - needed == set()


def test_only_the_client_and_the_service_worker_fetch() -> None:
    fetching = [path for path in SCRIPTS if re.search(r"\bfetch\(", path.read_text("utf-8"))]
    assert [str(path.relative_to(settings.ASSETS)) for path in fetching] == ["field/sw.js", "http/client.js"]
