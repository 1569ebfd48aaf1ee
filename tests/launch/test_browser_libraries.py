import hashlib
import json
from pathlib import Path

from geoportal.launch.setup import browser_libraries


def test_the_manifest_names_every_copied_file_with_its_hash() -> None:
    manifest = json.loads(browser_libraries.MANIFEST.read_text())
    copied = {
        f"{package}/{name}": digest
        for package, entry in manifest["packages"].items()
        for name, digest in entry["sha256"].items()
    }
    found = {
        str(path.relative_to(browser_libraries.VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in browser_libraries.VENDOR.rglob("*")
        if path.is_file() and path != browser_libraries.MANIFEST
    }
    assert copied == found
    assert set(manifest["packages"]) == set(browser_libraries.FILES)


def test_every_library_brings_its_licence() -> None:
    assert all((browser_libraries.VENDOR / package).glob("LICENSE*") for package in browser_libraries.FILES)


def test_no_copied_file_refers_to_a_source_map_that_is_not_there() -> None:
    assert [
        path.name
        for path in browser_libraries.VENDOR.rglob("*.*js")
        if b"sourceMappingURL=" in path.read_bytes()
    ] == []


def test_only_the_reference_to_the_source_map_is_taken_out(tmp_path: Path) -> None:
    text = b"let a = 1;\n//# sourceMappingURL=a.js.map\n"
    assert browser_libraries.SOURCE_MAP.sub(b"\n", text) == b"let a = 1;\n"
    assert browser_libraries.SOURCE_MAP.sub(b"\n", b"a{}\n/*# sourceMappingURL=a.css.map */") == b"a{}\n"


def test_the_lock_pins_every_package_by_hash_and_names_no_registry() -> None:
    packages = json.loads(browser_libraries.LOCK.read_text())["packages"]
    del packages[""]
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())
