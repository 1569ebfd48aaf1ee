"""Unpacking what was delivered in an archive, into a folder that ends with the import."""

import gzip
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Protocol

from django.utils.translation import gettext as _

from ..delivery import Refused
from .safety import CONTENT, safe

ARCHIVES = {".zip", ".kmz", ".tar", ".tgz", ".gz"}
SIDECARS = {
    ".dbf",
    ".shx",
    ".prj",
    ".cpg",
    ".sbn",
    ".sbx",
    ".qix",
    ".dat",
    ".map",
    ".id",
    ".ind",
    ".mid",
    ".qpj",
    ".xml",
}
PIECE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Of what an archive may unpack to: bytes, how many times its own size above ``small``, and members."""

    size: int = 4_000_000_000
    ratio: int = 200
    small: int = 50_000_000
    members: int = 2000


USUAL = Limits()


@contextmanager
def opened(path: Path, limits: Limits = USUAL) -> Iterator[list[Path]]:
    """The files to read of a plain file or an archive, each of them :func:`safe`; raises Refused."""
    if path.suffix.lower() not in ARCHIVES:
        yield [safe(path)]
        return
    with TemporaryDirectory(prefix="import-") as folder:
        unpacking = _Unpacking(path, Path(folder), limits)
        unpacking.unpack(path, Path(folder), depth=0)
        yield unpacking.readable()


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Unpacking:
    """Counts what really comes out, whatever the archive says of itself."""

    def __init__(self, path: Path, folder: Path, limits: Limits) -> None:
        self.path, self.folder, self.limits = path, folder, limits
        self.written = self.members = 0
        self.most = min(limits.size, max(limits.small, limits.ratio * self._size(path)))

    def unpack(self, archive: Path, folder: Path, depth: int) -> None:
        ending = archive.suffix.lower()
        try:
            if ending in {".zip", ".kmz"}:
                self._zip(archive, folder, depth)
            elif ending in {".tar", ".tgz"} or archive.name.lower().endswith(".tar.gz"):
                self._tar(archive, folder, depth)
            else:
                with gzip.open(archive) as content:
                    self._write(content, folder, archive.name[: -len(ending)], depth)
        except (
            zipfile.BadZipFile,
            tarfile.TarError,
            gzip.BadGzipFile,
            EOFError,
            NotImplementedError,
        ) as problem:
            raise Refused(
                _("{archive} cannot be unpacked: {problem}.").format(archive=archive.name, problem=problem)
            ) from None
        except RuntimeError:
            raise Refused(
                _("{archive} is encrypted; deliver it without a password.").format(archive=archive.name)
            ) from None
        except OSError as problem:
            raise Refused(
                _("{archive} cannot be unpacked: {value}.").format(
                    archive=archive.name, value=problem.strerror or problem
                )
            ) from None

    def readable(self) -> list[Path]:
        """The data sets among what was unpacked; sidecars are found beside them by GDAL."""
        files = sorted(found for found in self.folder.rglob("*") if found.is_file())
        data = [found for found in files if found.suffix.lower() in CONTENT]
        if not data:
            held = ", ".join(found.name for found in files[:10]) or "nothing"
            raise Refused(
                _("{path} holds no file that is taken; it has {held}.").format(path=self.path.name, held=held)
            )
        named = [found for found in data if found.suffix.lower() != ".txt"]
        return [safe(found) for found in named or data]

    def _zip(self, archive: Path, folder: Path, depth: int) -> None:
        with zipfile.ZipFile(archive) as content:
            for member in content.infolist():
                if member.filename.endswith("/"):
                    continue
                if stat.S_IFMT(member.external_attr >> 16) not in {0, stat.S_IFREG}:
                    raise Refused(
                        _("{archive} holds a link or device, {filename}; pack the file itself.").format(
                            archive=archive.name, filename=member.filename
                        )
                    )
                with content.open(member) as source:
                    self._write(source, folder, _name(member), depth)

    def _tar(self, archive: Path, folder: Path, depth: int) -> None:
        with tarfile.open(archive) as content:
            for member in content:
                if member.isdir():
                    continue
                source = content.extractfile(member) if member.isreg() else None
                if source is None:
                    raise Refused(
                        _("{archive} holds a link or device, {member}; pack the file itself.").format(
                            archive=archive.name, member=member.name
                        )
                    )
                self._write(source, folder, member.name, depth)

    def _write(self, source: Readable, folder: Path, name: str, depth: int) -> None:
        target = _inside(folder, name, self.path.name)
        if target is None:
            return
        self.members += 1
        if self.members > self.limits.members:
            raise Refused(
                _("{path} holds more than {members:,} files.").format(
                    path=self.path.name, members=self.limits.members
                )
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise Refused(_("{path} holds {name} twice.").format(path=self.path.name, name=name))
        with target.open("xb") as file:
            while piece := source.read(PIECE):
                self.written += len(piece)
                if self.written > self.most:
                    raise Refused(
                        _("{path} unpacks to more than {most:,} bytes, which is more than is taken.").format(
                            path=self.path.name, most=self.most
                        )
                    )
                file.write(piece)
        if target.suffix.lower() in ARCHIVES:
            if depth:
                raise Refused(
                    _("{path} holds archives within archives; pack the files once.").format(
                        path=self.path.name
                    )
                )
            self.unpack(target, target.parent / f"{target.name}.d", depth + 1)
            target.unlink()

    def _size(self, path: Path) -> int:
        try:
            return path.stat().st_size
        except OSError:
            raise Refused(
                _("{path} is no file; give the path of a file on this machine.").format(path=path)
            ) from None


def _name(member: zipfile.ZipInfo) -> str:
    """Names that do not say to be UTF-8 are often GBK, which zipfile reads as if they were of the first PCs."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _inside(folder: Path, name: str, archive: str) -> Path | None:
    """Where a member goes; None for what operating systems add."""
    plain = name.replace("\\", "/")
    parts = PurePosixPath(plain).parts
    if "__MACOSX" in parts or parts[-1:] in ((".DS_Store",), ("Thumbs.db",)):
        return None
    if plain.startswith("/") or ".." in parts or ":" in plain or "\0" in plain or not parts:
        raise Refused(
            _("{archive} holds a name that leads elsewhere, {name!r}; pack the files again.").format(
                archive=archive, name=name
            )
        )
    if any(len(part.encode()) > 250 for part in parts) or len(parts) > 20:
        raise Refused(_("{archive} holds a name that is too long.").format(archive=archive))
    return folder.joinpath(*parts)
