"""Names in archives: read in their encoding, made harmless, never leading out of the folder."""

import tempfile
import zipfile
from pathlib import Path

import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.errors import ImporterError
from importers.safety.inspection import open_checked
from tests.effort import tries
from tests.importers.safety.packing import CSV, ChineseName, refusal, shapefile, tarred, zipped


def test_two_shapefiles_with_chinese_names_in_gbk_open(tmp_path: Path) -> None:
    files = [*shapefile(tmp_path / "图", "道路"), *shapefile(tmp_path / "图", "新碶建筑")]
    members = [(ChineseName(f"北仑/{file.name}"), file.read_bytes()) for file in files]
    path = zipped(tmp_path / "a.zip", *members)
    assert "道路".encode("gbk") in path.read_bytes()
    with open_checked(path) as found:
        assert sorted(file.name for file in found) == ["新碶建筑.shp", "道路.shp"]
        assert {file.parent.name for file in found} == {"北仑"}
        for file in found:
            _, _, shapes, values = pyogrio.raw.read(file)
            assert len(shapes) == 1
            assert values[0][0] == file.stem


class UnflaggedName(zipfile.ZipInfo):
    """A member named in UTF-8 without saying so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(), self.flag_bits & ~0x800


@pytest.mark.parametrize("encode", ["utf-8 with flag", "utf-8 without flag"])
def test_names_in_utf_8_stay(tmp_path: Path, encode: str) -> None:
    name = "数据/学校.csv"
    member = name if encode == "utf-8 with flag" else UnflaggedName(name)
    path = zipped(tmp_path / "a.zip", (member, CSV))
    with zipfile.ZipFile(path) as archive:
        assert bool(archive.infolist()[0].flag_bits & 0x800) is (encode == "utf-8 with flag")
    with open_checked(path) as found:
        assert [f"{file.parent.name}/{file.name}" for file in found] == [name]


def test_all_names_of_an_archive_share_one_encoding(tmp_path: Path) -> None:
    """学习 in GBK is also valid UTF-8; its neighbours tell what it is."""
    path = zipped(
        tmp_path / "a.zip", *((ChineseName(f"{name}.csv"), CSV) for name in ("学习", "新碶街道", "大碶街道"))
    )
    with open_checked(path) as found:
        assert sorted(file.stem for file in found) == sorted(["学习", "新碶街道", "大碶街道"])


def test_names_are_made_harmless_and_stay_recognisable(tmp_path: Path) -> None:
    for path in (
        zipped(tmp_path / "a.zip", ("学\u202e校*:\n一.CSV", CSV)),
        tarred(tmp_path / "a.tar", ("学\u202e校*:\n一.CSV", CSV)),
    ):
        with open_checked(path) as found:
            assert [file.name for file in found] == ["学_校___一.csv"]


@pytest.mark.parametrize(
    "name",
    [
        "../a.csv",
        "b/../../a.csv",
        "/etc/a.csv",
        "C:/a.csv",
        "c:a.csv",
        "b\\..\\a.csv",
        "..",
        "vsicurl/http/a.csv",
        "b/vsizip/a.csv",
        "../readme.md",
    ],
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    for path in (
        zipped(tmp_path / "a.zip", ("good.csv", CSV), (name, CSV)),
        tarred(tmp_path / "a.tar", ("good.csv", CSV), (name, CSV)),
    ):
        assert "leads out" in refusal(path)


parts = st.one_of(
    st.sampled_from(
        [
            "..",
            ".",
            "",
            "a",
            "学校",
            "/",
            "\\",
            "C:",
            "~",
            "a.csv",
            "CON",
            "\u202e",
            ". .",
            "a.gdb",
            "x" * 300,
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
names = st.lists(parts, min_size=1, max_size=12).map("/".join)


def test_no_name_writes_outside_the_folder() -> None:
    taken = []

    @settings(max_examples=tries(150))
    @given(st.lists(names, min_size=1, max_size=4, unique=True), st.booleans(), st.booleans())
    def tried(names: list[str], as_tar: bool, escaping: bool) -> None:
        with tempfile.TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
            sandbox = Path(made).resolve()
            deep = sandbox / "1" / "2" / "3"
            deep.mkdir(parents=True)
            members = [(name.removesuffix("/") + ".csv", CSV) for name in [*names, "good"]]
            if escaping:
                members.append((f"{sandbox}/escaped.csv", CSV))
            path = tarred(sandbox / "a.tar", *members) if as_tar else zipped(sandbox / "a.zip", *members)
            patch.setattr(tempfile, "tempdir", str(deep))
            before = set(sandbox.rglob("*"))
            try:
                with open_checked(path) as found:
                    (folder,) = deep.iterdir()
                    new = set(sandbox.rglob("*")) - before
                    assert found
                    assert all(file == folder or folder in file.parents for file in new)
                    assert all(file.resolve() == file for file in found)
                    taken.append(path)
            except ImporterError:
                pass
            assert set(sandbox.rglob("*")) == before

    tried()
    assert taken
