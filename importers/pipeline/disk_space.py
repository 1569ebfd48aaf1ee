"""A disk without room, in a sentence for the person who can make some."""

import errno
from pathlib import Path
from tempfile import gettempdir

from django.db import DatabaseError

from layers.sentences.sentence import gettext as _

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""No space, no quota, or more than a file may have."""

FULL_DATABASE = ("53100", "53400")
"""PostgreSQL's disk_full and configuration_limit_exceeded, such as temp_file_limit."""


def explanation(problem: BaseException, *, to_operator: bool = False) -> str:
    """Why an import ended; what ended it for want of room says what to do, to an operator also in which folder."""
    if is_full(problem):
        return _(
            "The database has no room left ({reason}); nothing was loaded. Make room on its disk and start the import "
            "again."
        ).format(reason=_first_line(problem))
    if isinstance(problem, OSError) and problem.errno in FULL:
        if to_operator:
            where = Path(problem.filename).parent if isinstance(problem.filename, str) else gettempdir()
            return _(
                "There is no room left in {folder}; nothing was loaded. Make room there and start the import again."
            ).format(folder=where)
        return _(
            "The portal has no room left for files; nothing was loaded. Whoever runs it makes room; then start the import again."
        )
    if isinstance(problem, MemoryError):
        return _("There is not enough memory for this file; nothing was loaded.")
    return str(problem) or type(problem).__name__


def is_full(problem: BaseException) -> bool:
    """Whether the database refused for want of room."""
    code = getattr(problem.__cause__, "pgcode", None)
    return isinstance(problem, DatabaseError) and code in FULL_DATABASE


def _first_line(problem: BaseException) -> str:
    return (str(problem).strip() or type(problem).__name__).splitlines()[0]
