"""Unpacking what somebody packed: into a folder it cannot leave, and no more than was agreed."""

import errno
import gzip
import io
import re
import stat
import struct
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from importers.encoding import detect
from importers.errors import ImporterError
from layers.sentences.sentence import gettext as _

CHUNK = 1 << 20
RATIO_FROM = 50 * 1024**2
"""Bytes; below this much unpacked, a high ratio harms nobody."""
ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip", ".kmz", ".gz")
OUTSIDE = re.compile(r"^/|\\|^[a-z]:|(^|/)\.\.(/|$)|\0|(^|/)vsi\w*/", re.IGNORECASE)
"""Names that lead out of the folder, or that GDAL takes for a file elsewhere."""
LONGEST_PART = 200
"""Bytes of one part of a name; file systems take 255."""
DEEPEST = 10
ZIP_HEADER = 30
COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Those that Python unpacks in bounded memory."""

FULL = {errno.ENOSPC, errno.EDQUOT}
UNREADABLE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError)
"""What archive readers raise on damage."""


class Unmeasured(zipfile.BadZipFile):
    """Absurd sizes within, or no end to the parts."""


Wanted = Callable[[PurePosixPath], bool]


@dataclass(frozen=True)
class Limits:
    """Of one delivery, its inner archives included; bytes count unpacked."""

    max_bytes: int = 4 * 1024**3
    max_ratio: int = 200
    max_members: int = 2000
    max_pixels: int = 1_000_000_000


class Budget:
    """What may still come out of one delivery whose packed size is given in bytes."""

    def __init__(self, name: str, packed: int, limits: Limits) -> None:
        self.name, self.packed, self.limits = name, packed, limits
        self.bytes = self.members = 0

    def agree(self, more: int) -> None:
        """Refuse if so many bytes more would be too many."""
        total = self.bytes + more
        if total > self.limits.max_bytes:
            raise ImporterError(
                _("{archive} unpacks to more than {max_bytes:,} bytes; deliver it in smaller parts.").format(
                    archive=self.name, max_bytes=self.limits.max_bytes
                )
            )
        if total > max(RATIO_FROM, self.packed * self.limits.max_ratio):
            raise ImporterError(
                _(
                    "{archive} unpacks to more than {max_ratio} times its size, as only harmful archives "
                    "do; pack the data again or deliver them unpacked."
                ).format(archive=self.name, max_ratio=self.limits.max_ratio)
            )

    def spend(self, more: int) -> None:
        self.agree(more)
        self.bytes += more

    def count(self, more: int = 1) -> None:
        self.members += more
        if self.members > self.limits.max_members:
            raise ImporterError(
                _(
                    "{archive} holds more than {max_members:,} members; pack only the data, or several "
                    "archives."
                ).format(archive=self.name, max_members=self.limits.max_members)
            )


class BoundedReader(io.BufferedReader):
    """A file whose reader may not be led to fill memory, or to read on without end."""

    SMALL_READS = 100_000

    def __init__(self, path: Path, limits: Limits) -> None:
        super().__init__(io.FileIO(path))
        self.size = path.stat().st_size
        self.largest = max(2 * CHUNK, limits.max_members * 1024)
        self.small = 0

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = size if size is not None and size >= 0 else self.size - self.tell()
        if wanted > self.largest:
            raise Unmeasured
        content = super().read(size)
        self.small += len(content) <= 1
        if self.small > self.SMALL_READS:
            raise Unmeasured
        return content


def archive_ending(name: str) -> str | None:
    return next((ending for ending in ARCHIVES if name.lower().endswith(ending)), None)


def unpack(path: Path, into: Path, budget: Budget, wanted: Wanted) -> list[str]:
    """Write the wanted regular members below a folder; the names of all members."""
    ending = archive_ending(path.name)
    with explain_damage(path.name), BoundedReader(path, budget.limits) as file:
        if ending in {".zip", ".kmz"}:
            return _unpack_zip(file, path.name, into, budget, wanted)
        if ending == ".tar":
            return _unpack_tar(file, path.name, into, budget, wanted)
        if ending == ".gz":
            return _unpack_gzip(file, path.name, into, budget, wanted)
        with tempfile.NamedTemporaryFile(dir=into.parent, suffix=".tar") as tar:
            _copy(gzip.GzipFile(fileobj=file), tar, budget)
            tar.flush()
            unpacked = Budget(path.name, budget.packed + budget.bytes, budget.limits)
            with BoundedReader(Path(tar.name), budget.limits) as inner:
                return _unpack_tar(inner, path.name, into, unpacked, wanted)


@contextmanager
def explain_damage(name: str) -> Iterator[None]:
    """Whatever an archive's reader trips over, said as one sentence; a full disk here is no fault of the archive."""
    try:
        yield
    except NotImplementedError:
        raise ImporterError(
            _("{name} is packed in an unusual way; pack it again as an ordinary zip.").format(name=name)
        ) from None
    except Unmeasured:
        raise ImporterError(
            _(
                "{name} states sizes or parts without measure, as only harmful archives do; pack it again."
            ).format(name=name)
        ) from None
    except UNREADABLE:
        raise ImporterError(
            _("{name} cannot be unpacked: it is cut off or damaged; copy it again, or pack it again.").format(
                name=name
            )
        ) from None
    except (ValueError, OverflowError, RecursionError, OSError) as problem:
        if getattr(problem, "errno", None) in FULL:
            raise
        reason = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
        raise ImporterError(
            _("{name} cannot be unpacked ({reason}); pack it again.").format(name=name, reason=reason)
        ) from None


def _copy(source: IO[bytes] | gzip.GzipFile, target: IO[bytes], budget: Budget) -> None:
    with closing(source):
        while chunk := source.read(CHUNK):
            budget.spend(len(chunk))
            target.write(chunk)


def _write(source: IO[bytes] | gzip.GzipFile, root: Path, place: PurePosixPath, budget: Budget) -> None:
    target = root / place
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.resolve().is_relative_to(root.resolve()):
            raise ImporterError(
                _("{budget}: {place} would be unpacked elsewhere; rename it.").format(
                    budget=budget.name, place=place
                )
            )
        with target.open("xb") as file:
            _copy(source, file, budget)
    except (FileExistsError, NotADirectoryError):
        raise ImporterError(
            _("{budget} holds {place} twice; pack it once.").format(budget=budget.name, place=place)
        ) from None


def _unpack_zip(file: BoundedReader, name: str, into: Path, budget: Budget, wanted: Wanted) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        members = zip_members(archive, name, budget)
        for info, place in members:
            if not info.is_dir() and place.parts and wanted(place):
                _write(archive.open(info), into, place, budget)
    return [str(place) for info, place in members if not info.is_dir()]


def zip_members(
    archive: zipfile.ZipFile, name: str, budget: Budget
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """A zip's members and where they go, once nothing that its directory says speaks against unpacking it."""
    infos = archive.infolist()
    budget.count(len(infos))
    members = [(info, place_inside(shown, name)) for info, shown in zip(infos, _names(infos), strict=True)]
    for info, place in members:
        if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise ImporterError(
                _("{name}: {place} is a link or a device; pack the file itself.").format(
                    name=name, place=place
                )
            )
        if info.flag_bits & 0x2041:
            raise ImporterError(
                _("{name}: {place} is locked with a password; pack it without one.").format(
                    name=name, place=place
                )
            )
        if info.compress_type not in COMPRESSIONS:
            raise ImporterError(
                _("{name}: {place} is packed in an unusual way; pack it again as an ordinary zip.").format(
                    name=name, place=place
                )
            )
    reached = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < reached:
            raise ImporterError(
                _("{name} holds members that overlap, as only harmful archives do; pack it again.").format(
                    name=name
                )
            )
        reached = info.header_offset + ZIP_HEADER + len(info.orig_filename) + info.compress_size
    budget.agree(sum(info.file_size for info in infos))
    return members


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """Member names; those that do not say their encoding are UTF-8 if they can be, Chinese if they look so."""
    silent = [info.orig_filename for info in infos if not info.flag_bits & 0x800]
    unsaid = {name: name.encode("cp437") for name in silent}
    together = detect(b"\n".join(unsaid.values()))

    def read(content: bytes) -> str:
        encoding = detect(content) if together == "latin-1" else together
        return content.decode("cp437" if encoding == "latin-1" else encoding)

    return [read(unsaid[name]) if name in unsaid else name for name in (info.orig_filename for info in infos)]


def _unpack_tar(file: BoundedReader, name: str, into: Path, budget: Budget, wanted: Wanted) -> list[str]:
    held = []
    with tarfile.open(fileobj=file, mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
        for member in archive:
            budget.count()
            raw = member.name.encode("utf-8", "surrogateescape")
            place = place_inside(raw.decode(detect(raw)), name)
            if member.isdir() or not place.parts:
                continue
            if member.type not in {tarfile.REGTYPE, tarfile.AREGTYPE} or member.sparse:
                raise ImporterError(
                    _("{name}: {place} is a link or a device; pack the file itself.").format(
                        name=name, place=place
                    )
                )
            held.append(str(place))
            source = archive.extractfile(member)
            if source is not None and wanted(place):
                _write(source, into, place, budget)
    return held


def _unpack_gzip(file: BoundedReader, name: str, into: Path, budget: Budget, wanted: Wanted) -> list[str]:
    place = place_inside(PurePosixPath(name).stem, name)
    if wanted(place):
        _write(gzip.GzipFile(fileobj=file), into, place, budget)
    return [str(place)]


def place_inside(name: str, archive: str) -> PurePosixPath:
    """Where a member goes below the folder it is unpacked to; its ending in small letters, as readers expect it."""
    parts = [safe_name(part) for part in name.split("/") if part not in {"", "."}]
    if OUTSIDE.search(name):
        raise ImporterError(
            _("{archive}: {tame} leads out of the archive; pack it with plain names.").format(
                archive=archive, tame=safe_name(name)
            )
        )
    if len(parts) > DEEPEST:
        raise ImporterError(
            _("{archive}: {value} lies more than {DEEPEST} folders deep; pack it in fewer.").format(
                archive=archive, value=parts[-1], DEEPEST=DEEPEST
            )
        )
    return PurePosixPath(*parts)


def safe_name(part: str) -> str:
    """A name without what file systems, terminals and readers take for something else."""
    plain = "".join(
        "_" if letter in '<>:"|?*!;/\\' or unicodedata.category(letter)[0] == "C" else letter
        for letter in part
    )
    stem, dot, ending = plain.rstrip(" .").rpartition(".")
    stem, ending = (stem, dot + ending.lower()) if len(ending) < 20 and stem else (plain.rstrip(" ."), "")
    room = LONGEST_PART - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore") + ending or "_"
