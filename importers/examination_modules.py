"""What a server of child processes reads ahead for looking into files: without pandas, 60 MB that none of it needs."""

from .slim_process import exclude_pandas

exclude_pandas()

from . import examination  # noqa: E402, F401
