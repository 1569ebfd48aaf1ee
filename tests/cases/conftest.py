from tests.casework.conftest import open_ordinary, people

__all__ = ["open_ordinary", "people"]
