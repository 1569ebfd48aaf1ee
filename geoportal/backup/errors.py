class BackupError(Exception):
    """A set that cannot be made, read or restored; the sentence says what to do."""
