"""What imports say is for officials: no options of a command line, no paths of the server; a terminal adds its flags."""

import ast
import gettext
import re
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.core.management import CommandError, call_command
from django.utils.translation import override

from importers.errors import ImporterError
from importers.geometry import validity
from importers.options import label_of, with_flags
from importers.pipeline.disk_space import explanation
from importers.sources import vector
from importers.sources.vector import first_line, warned
from layers.registry.declaration.layer import Geometry
from tests.conftest import ROOT

OF_A_TERMINAL = {"importers/console.py", "importers/options.py"}
FOREIGN = re.compile(r"--\w|manage\.py|https?:|/(tmp|var|home|srv)/")


def sentences() -> Iterator[tuple[str, str]]:
    """Every text that imports translate, with its module."""
    for path in [*ROOT.glob("importers/**/*.py"), *ROOT.glob("geoportal/imports/*.py")]:
        module = str(path.relative_to(ROOT))
        if module in OF_A_TERMINAL or "/management/" in module:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "gettext", "ngettext"}:
                yield from (
                    (module, arg.value)
                    for arg in node.args
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                )


def test_no_sentence_speaks_of_a_command_line(tmp_path: Path) -> None:
    made = tmp_path / "django.mo"
    source = ROOT / "geoportal/locale/zh_Hans/LC_MESSAGES/django.po"
    subprocess.run(["msgfmt", "-o", made, source], check=True, capture_output=True)
    with made.open("rb") as file:
        chinese = gettext.GNUTranslations(file)
    found = list(sentences())
    assert len(found) > 150
    foreign = {
        text for _module, text in found if FOREIGN.search(text) or FOREIGN.search(chinese.gettext(text))
    }
    assert foreign == set()


def test_what_is_to_be_chosen_is_called_as_on_the_page() -> None:
    with override("en"):
        assert label_of("source_crs") == "“Reference system”"
    with override("zh-hans"):
        assert label_of("source_crs") == "“坐标系”"
        assert label_of("accept_valid") == "“合格的行入库，其余留待处理”"


def test_a_terminal_adds_the_flag() -> None:
    with override("en"):
        assert with_flags("Enter it under “Encoding”.") == "Enter it under “Encoding” (--encoding)."
        assert with_flags("“Encoding of Babel”") == "“Encoding of Babel”"


@pytest.mark.parametrize(
    ("language", "word"),
    [("en_GB.UTF-8", "“Reference system” (--source-crs)"), ("zh_CN.UTF-8", "“坐标系” (--source-crs)")],
)
def test_a_command_says_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None, language: str, word: str
) -> None:
    path = tmp_path / "p.csv"
    path.write_text("name,lon,lat\na,121.84,29.9\n")
    monkeypatch.setenv("LANG", language)
    with pytest.raises(CommandError, match=re.escape(word)):
        call_command("import_layer", path, "--layer", "pois")


def test_a_full_disk_is_told_to_people_without_the_folders_of_the_server() -> None:
    problem = OSError(28, "No space left on device", "/srv/portal/uploads/7/a.csv")
    with override("en"):
        assert "/srv" not in explanation(problem)
        assert "/srv/portal/uploads/7" in explanation(problem, to_operator=True)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("'/srv/delivered-x1/a b.shp' not recognized.", "'a b.shp' not recognized"),
        ("/srv/x/y.gpkg: no such table", "y.gpkg: no such table"),
        ("see http://www.opengis.net/gml/3.2 there", "see http://www.opengis.net/gml/3.2 there"),
        ("wrong at 1/2/3 of it", "wrong at 1/2/3 of it"),
    ],
)
def test_a_reader_s_words_name_no_folders(said: str, told: str) -> None:
    assert first_line(said) == told


def test_a_file_of_no_known_kind_is_told_without_advice_to_programmers(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("name lon lat")
    with pytest.raises(ImporterError, match=r"not recognized as being in a supported file format\.$"):
        vector.layers(path)


def test_what_is_wrong_with_geometry_is_told_in_chinese() -> None:
    square = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    point = struct.pack("<BIIdd", 1, 2, 1, 0.0, 0.0)
    open_ring = struct.pack("<BIII8d", 1, 3, 1, 4, 0, 0, 1, 0, 1, 1, 0, 1)
    short_ring = struct.pack("<BIII4d", 1, 3, 1, 2, 0, 0, 0, 0)
    codes = [shapely.to_wkb(square), point, open_ring, short_ring, point[:7]]
    with override("zh-hans"):
        checked = validity.decode(np.array(codes, dtype=object))
        validity.fit_to_kind(checked, Geometry.POLYGON, may_be_empty=True)
        told = [problem.wrong for problem in checked.rejected.values()]
        told += [problem.wrong for problems in checked.repairs.values() for problem in problems]
    assert len(told) == 5
    assert not re.search("[A-Za-z]", "".join(told)), told


def test_what_a_reader_warns_of_is_told_in_chinese_or_said_to_be_its_own_words() -> None:
    said = "Non closed ring detected. To avoid accepting it, set OGR_GEOMETRY_ACCEPT_UNCLOSED_RING to NO"
    with override("zh-hans"):
        assert warned(said) == "边界未闭合的面已予闭合"
        assert warned("Some layer is odd") == "读取程序 GDAL 的原文提示：Some layer is odd"
