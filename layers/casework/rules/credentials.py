"""What an officer may do by office, certificate and qualification."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Credentials:
    """An officer: ``certified`` holds the enforcement certificate, ``qualified`` the legal qualification."""

    id: int
    roles: frozenset[str] = frozenset()
    certified: bool = False
    qualified: bool = False
