"""Heads of the log kept outside the database: lines of a file, each signed and holding to the line before.

``key`` is the public half of the key that signed, Ed25519, in hex; the other half is read by the command alone that
writes anchors. ``at`` is ISO 8601 in UTC.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _

from .event_log import chain_head, holds, log_flaws

OVERDUE = timedelta(days=1)
"""After so long without a new head, though the log went on, something is wrong with the signing."""


@dataclass(frozen=True)
class Anchor:
    """``number`` and ``hash`` are of the seal that was last then; ``before`` is the SHA-256 of the line before."""

    number: int
    hash: str
    at: str
    before: str
    key: str
    signature: str = ""

    @property
    def signed_text(self) -> bytes:
        said = {name: value for name, value in asdict(self).items() if name != "signature"}
        return json.dumps(said, sort_keys=True).encode()

    @property
    def line(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


class BrokenLog(Exception):
    """What is to be signed does not hold, by the sentences within."""

    def __init__(self, flaws: Sequence[str]) -> None:
        super().__init__("\n".join(flaws))
        self.flaws = flaws


def anchors_file() -> Path:
    return Path(settings.DATA) / "log-anchors" / "anchors.jsonl"


def key_file() -> Path:
    return Path(settings.LOG_KEY_PATH or Path(settings.DATA) / "log-key")


def read_anchors() -> list[str]:
    """The lines, the oldest first."""
    try:
        return anchors_file().read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def last_anchor() -> Anchor | None:
    """None where there is none, or none that can be read."""
    lines = read_anchors()
    return _parsed(lines[-1]) if lines else None


def write_anchor(now: datetime, *, is_whole_checked: bool = True) -> Anchor | None:
    """Signs the head of the log where it has moved; raises BrokenLog where what was anchored holds no more, or the log,
    of which only what came since may be looked at, is not whole."""
    file = anchors_file()
    file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with file.open("a+") as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)
        lines = read_anchors()
        number, head = chain_head()  # before the log is checked, which then reaches beyond it
        last = _checked(lines, is_whole_checked)
        if last and last.number == number:
            return None
        anchor = _signed(number, head, now, lines)
        kept.write(f"{anchor.line}\n")
        kept.flush()
        os.fsync(kept.fileno())
    return anchor


def anchoring_problem(now: datetime) -> str:
    """For the page of operations; "" where the head is anchored and holds."""
    anchor, (number, _head) = last_anchor(), chain_head()
    if anchor is None:
        return _("No head of the log is kept outside the database: run anchor_log.") if number else ""
    if not holds(anchor.number, anchor.hash):
        return _("The log of cases is not what it was when its head was signed: run verify_log.")
    if anchor.number < number and now - anchor.moment > OVERDUE:
        return _("Heads of the log are signed no more: look at the log of anchor_log.")
    return ""


def anchor_flaws() -> Iterator[str]:
    """What is wrong with the anchors, and where the log no longer holds what was anchored."""
    before = ""
    for count, line in enumerate(read_anchors(), 1):
        anchor = _parsed(line)
        if anchor is None or not _is_signed(anchor):
            yield f"anchor {count} is not what was signed"
        elif anchor.before != before:
            yield f"anchors before anchor {count} are missing"
        elif not holds(anchor.number, anchor.hash):
            yield f"the log no longer holds seal {anchor.number} as it was at {anchor.at}: it was cut off or rewritten"
        before = _hash(line)


def anchor_keys() -> dict[str, int]:
    """How many anchors each key signed, the oldest key first."""
    found: dict[str, int] = {}
    for anchor in map(_parsed, read_anchors()):
        if anchor:
            found[anchor.key] = found.get(anchor.key, 0) + 1
    return found


def _checked(lines: Sequence[str], is_whole_checked: bool) -> Anchor | None:
    """The last anchor, if the log holds it."""
    last = _parsed(lines[-1]) if lines else None
    if lines and (last is None or not _is_signed(last)):
        raise BrokenLog(["the last anchor is not what was signed"])
    if last and not holds(last.number, last.hash):
        raise BrokenLog([f"the log no longer holds seal {last.number} as it was at {last.at}"])
    since = last.number if last and not is_whole_checked else 0
    if flaws := list(log_flaws(since)):
        raise BrokenLog([str(flaw) for flaw in flaws[:100]])
    return last


def _signed(number: int, head: str, now: datetime, lines: Sequence[str]) -> Anchor:
    key = _private_key()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    bare = Anchor(number, head, at, _hash(lines[-1]) if lines else "", public)
    return replace(bare, signature=key.sign(bare.signed_text).hex())


def _private_key() -> Ed25519PrivateKey:
    """Made once, and read by its owner alone."""
    file = key_file()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            _write_key(new)
    except FileExistsError:
        pass
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text().strip()))


def _write_key(new: IO[bytes]) -> None:
    made = Ed25519PrivateKey.generate()
    new.write(made.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex().encode())
    new.flush()
    os.fsync(new.fileno())


def _is_signed(anchor: Anchor) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(anchor.key))
        public.verify(bytes.fromhex(anchor.signature), anchor.signed_text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _parsed(line: str) -> Anchor | None:
    try:
        found = Anchor(**json.loads(line))
        is_read = found.moment.tzinfo is not None and isinstance(found.number, int)
    except (ValueError, TypeError):
        return None
    texts = (found.hash, found.before, found.key, found.signature)
    return found if is_read and all(isinstance(each, str) for each in texts) else None


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
