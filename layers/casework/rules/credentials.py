"""What an officer may do by office and by the credentials that are held."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Credentials:
    """An officer of this ``code``, who serves in the responsible ``body`` or "": ``roles`` are codes of roles, ``held`` kinds of valid credentials; or somebody ``outside``,
    or the ``clock``, which the procedure itself lets act."""

    id: int
    roles: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    outside: bool = False
    clock: bool = False
    code: str = ""
    body: str = ""
