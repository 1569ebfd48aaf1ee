"""What a child process answers, as JSON and bytes: whoever took one over can send values of known classes, and no code.

Modules declare the classes of their own that child processes send; all else is texts, numbers, lists, and mappings of
texts. Tuples arrive as lists.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from layers.sentences.sentence import Sentence, as_json, from_json

T = TypeVar("T")
MARK, SENTENCE = "~class", "sentence"
LONGEST_HEAD = 64 * 1024
"""Bytes of the sizes of what follows: JSON, and the bytes that it names."""


class Forged(ValueError):
    """Nothing of ours sends this."""


@dataclass(frozen=True)
class Form:
    """How values of a class are written, and made again of what somebody wrote."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


_forms: dict[str, Form] = {}
_names: dict[type, str] = {}


def declare(cls: type[T], write: Callable[[T], Any], read: Callable[[Any], T]) -> None:
    """``read`` raises TypeError or ValueError for what ``write`` never makes."""
    name = f"{cls.__module__}.{cls.__qualname__}"
    _forms[name], _names[cls] = Form(write, read), name


def declare_fields(cls: type, **kinds: Any) -> None:
    """A dataclass is sent field by field; ``kinds`` are what :func:`isinstance` has to say of each."""
    if not is_dataclass(cls) or [each.name for each in fields(cls)] != [*kinds]:
        raise TypeError(f"the kinds are not those of the fields of {cls.__name__}")

    def write(value: Any) -> Any:
        return [getattr(value, name) for name in kinds]

    def read(values: Any) -> Any:
        return cls(
            **{name: expect(kind, each) for (name, kind), each in zip(kinds.items(), values, strict=True)}
        )

    declare(cls, write, read)


def declare_error(cls: type[Exception]) -> None:
    """It is made again of its sentence alone."""
    declare(cls, str, lambda sentence: cls(expect(str, sentence)))


def expect(kind: Any, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"not what was expected: {type(value).__name__}")
    return value


def known_error(problem: Exception) -> Exception:
    """The same, or the nearest kind of it that is declared, with its sentence."""
    kind = next(each for each in type(problem).__mro__ if each in _names)
    return problem if kind is type(problem) else kind(str(problem))


def send(connection: "Connection[Any, Any]", kind: str, value: object) -> None:
    """Raises TypeError for a value of a class that is not declared."""
    parts: list[bytes] = []

    def written(each: object) -> Any:
        if isinstance(each, bytes):
            parts.append(each)
            return {MARK: "bytes", "of": len(parts) - 1}
        name = _names.get(type(each))
        if name is None:
            raise TypeError(f"{type(each).__name__} is not sent by child processes")
        return {MARK: name, "of": _marked(_forms[name].write(each))}

    text = json.dumps([kind, value], default=written).encode()
    connection.send_bytes(json.dumps([len(text), *map(len, parts)]).encode())
    for part in (text, *parts):
        connection.send_bytes(part)


def _marked(value: Any) -> Any:
    """Sentences as what makes them; to JSON they are texts."""
    if isinstance(value, Sentence):
        return {MARK: SENTENCE, "of": as_json(value)}
    if isinstance(value, list):
        return [_marked(each) for each in value]
    return value


def receive(connection: "Connection[Any, Any]", longest: int) -> tuple[str, Any]:
    """Kind and value, of ``longest`` bytes at most; raises Forged, or OSError and EOFError where nothing comes any more."""
    try:
        sizes = expect(list, json.loads(connection.recv_bytes(LONGEST_HEAD)))
        if sum(expect(int, size) for size in sizes) > longest or min(sizes) < 0:
            raise Forged
        text, *parts = [connection.recv_bytes(size) for size in sizes]
        kind, value = json.loads(text, object_hook=lambda found: _made(found, parts))
        return expect(str, kind), value
    except (EOFError, OSError):
        raise
    except Exception as problem:  # whatever libraries make of what somebody wrote
        raise Forged(str(problem)) from problem


def _made(found: dict[str, Any], parts: list[bytes]) -> Any:
    if MARK not in found:
        return found
    if found[MARK] == "bytes":
        return parts[expect(int, found["of"])]
    if found[MARK] == SENTENCE:
        return from_json(found["of"])
    return _forms[found[MARK]].read(found["of"])


declare(datetime, datetime.isoformat, datetime.fromisoformat)
for _error in (Exception, RuntimeError, ValueError, TypeError, LookupError, OSError):
    declare_error(_error)
