"""Every style is valid to the validator that MapLibre GL itself brings along, in both languages."""

import json
import subprocess

import pytest
from django.test import Client

from geoportal.launch.checks import NODE
from geoportal.launch.setup.browser_libraries import MODULES
from geoportal.launch.setup.virtualenv import PYTHON
from layers.registry.registration import public_layers
from tests.district import SmallDistrict

pytestmark = pytest.mark.django_db
VALIDATOR = MODULES / "@maplibre" / "maplibre-gl-style-spec" / "dist" / "index.mjs"
SCRIPT = f"""
import {{ readFileSync }} from "node:fs";
import {{ validateStyleMin }} from "{VALIDATOR.as_uri()}";
const styles = Object.entries(JSON.parse(readFileSync(0)));
console.log(JSON.stringify(Object.fromEntries(
    styles.map(([name, style]) => [name, validateStyleMin(style).map(({{ message }}) => message)]))));
"""


def faults(styles: dict[str, object]) -> dict[str, list[str]]:
    asked = subprocess.run(
        [PYTHON, "-c", NODE, "--input-type=module", "--eval", SCRIPT],
        input=json.dumps(styles),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    return dict(json.loads(asked.stdout))


def test_every_style_is_valid(district: SmallDistrict, client: Client) -> None:
    names = ["city", *(layer.name for layer in public_layers() if layer.has_geometry)]
    styles = {
        f"{name} {language}": client.get(f"/styles/{name}.json", headers={"accept-language": language}).json()
        for name in names
        for language in ("zh-hans", "en")
    }
    assert styles["roads zh-hans"] != styles["roads en"]
    spoilt = {**styles["city en"], "layers": [{"id": "x", "type": "line", "source": "nowhere"}]}
    found = faults({**styles, "spoilt": spoilt})
    assert found.pop("spoilt")
    assert {name: said for name, said in found.items() if said} == {}
