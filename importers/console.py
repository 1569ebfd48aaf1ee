"""What the import commands share: the report and a sentence for every way to fail."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils.translation import override

from layers.registry.registration import UnknownLayer

from .errors import ImporterError
from .options import with_flags
from .pipeline.disk_space import explanation


@contextmanager
def command_errors() -> Iterator[None]:
    """Failures as CommandError, in the terminal's language; whatever ends an import early has loaded nothing."""
    with override("zh-hans" if os.environ.get("LANG", "").startswith("zh") else "en"):
        try:
            yield
        except (ImporterError, UnknownLayer) as problem:
            raise CommandError(with_flags(str(problem))) from problem
        except DatabaseError as problem:
            said = explanation(problem).strip().splitlines()[0]
            if said == str(problem).strip().splitlines()[0]:
                said = f"The database stopped the import, nothing was loaded: {said}"
            raise CommandError(said) from problem
        except (MemoryError, OSError) as problem:
            raise CommandError(explanation(problem, to_operator=True)) from problem
        except KeyboardInterrupt as problem:
            raise CommandError("Interrupted; nothing was loaded.", returncode=130) from problem


def write_json(path: Path | None, content: Any) -> None:
    if path is None:
        return
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as problem:
        raise CommandError(
            f"The import is done; its report cannot be written to {path}: {problem.strerror}."
        ) from None


def find_user(username: str | None) -> Any:
    if username is None:
        return None
    found = get_user_model()._default_manager.filter(username=username).first()
    if found is None:
        raise CommandError(f"--as: nobody is called {username}.")
    return found
