"""What an importer cannot work with, said to the person who can change it."""

from layers.child_process.answers import declare_error
from layers.errors import PortalError


class ImporterError(PortalError):
    """A file, an option or a wish that cannot be followed; the message says what to do."""

    status = 400
    recorded = False
    """Whether the record of an import says so already."""


declare_error(ImporterError)
