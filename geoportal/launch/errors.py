"""How the launcher ends when it cannot go on: one sentence, or a wish to stop."""


class Refusal(Exception):
    """One sentence for the person at the terminal: what is wrong and what they can do about it."""


class TerminationSignal(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal; unwinds through every `finally` that ends a process."""
