"""How long somebody who guessed wrongly has to wait. Times are in seconds."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Whose wrong guesses are counted together."""

    DEVICE = "device"  # of one browser, at an account that was signed in from it
    PAIR = "pair"  # of one network, at one account
    ACCOUNT = "account"  # of all strange browsers, at one account
    ADDRESS = "address"  # of one address, at whatever accounts
    NETWORK = "network"  # of one network, at whatever accounts


@dataclass(frozen=True)
class Allowance:
    """``free`` wrong guesses cost nothing; then the wait doubles with every ``doubling`` more of them."""

    free: int
    first: float
    longest: float
    doubling: int = 1

    def wait(self, failures: int) -> float:
        over = failures - self.free
        if over < 0:
            return 0.0
        return float(min(self.longest, self.first * 2 ** min(over / self.doubling, 30)))


ALLOWANCES = {
    Scope.DEVICE: Allowance(5, 2, 900),
    Scope.PAIR: Allowance(5, 2, 900),
    Scope.ACCOUNT: Allowance(20, 2, 900, doubling=10),
    Scope.ADDRESS: Allowance(20, 1, 60, doubling=5),
    Scope.NETWORK: Allowance(60, 1, 30, doubling=10),
}
MEMORY = 24 * 3600
"""Without a guess for so long, what was guessed before is forgotten."""
TURN = 3600
"""For so long whoever waited for an account's turn may use it."""
