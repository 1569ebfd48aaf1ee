"""By its fingerprint a migration is known again, in every version of Python."""

from layers.registry.database.migration_record import fingerprint_of_source

SOURCE = '''\
class Migration:
    """Tables of trees."""

    operations = [f"DROP TABLE {'tree'!r:>8}", None, 1.5, *()]

    def state(self, *names: str, known: bool = False) -> str | None:
        return {"a": [name for name in names if name]} and None
'''
LAID_OUT = SOURCE.replace("[f", "[  # trees\n        f").replace("*()]", "*(),\n    ]").replace('"a"', "'a'")


def test_it_is_the_same_in_every_version_of_python() -> None:
    """As Python 3.10, 3.11, 3.12 and 3.13 told it."""
    assert fingerprint_of_source(SOURCE) == "6d59e62ef92c3168dcf0b365130b41c3ce96d61e8776d8e4a46655d5318cf1b4"


def test_layout_and_comments_do_not_count() -> None:
    assert LAID_OUT != SOURCE
    assert fingerprint_of_source(LAID_OUT) == fingerprint_of_source(SOURCE)


def test_what_it_says_counts() -> None:
    told = [
        ("1.5", "1.50001"),
        ("*()", "()"),
        ("None, 1.5", "1.5, None"),
        ("= False", "= None"),
        ("tree'", "trees'"),
    ]
    assert len({fingerprint_of_source(SOURCE.replace(*each)) for each in [("", ""), *told]}) == 1 + len(told)
