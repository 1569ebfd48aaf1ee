"""The search text that imports make of many rows is what the database makes of each."""

import pyarrow as pa
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.registry.search.pinyin import search_text
from layers.registry.search.search_terms import as_pinyin, normalize
from layers.registry.search.trigram import is_indexed
from tests.effort import tries

WORDS = [
    "",
    " ",
    "新碶街道",
    "泰山路 12 号",
    "Café Zürich",
    "ＡＢ１２",
    "İstanbul",
    "Ω",
    "重庆Road",
    "𠮷野家",
    "a|b",
    "\n新",
]


def by_the_database(rows: list[tuple[str | None, str | None]]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT geoportal_search_text(a, b) FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS t (a, b, n) "
            "ORDER BY n",
            [[first for first, _ in rows], [second for _, second in rows]],
        )
        return [str(found) for (found,) in cursor.fetchall()]


TEXT = st.one_of(
    st.none(),
    st.sampled_from(WORDS),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12),
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=12),
)


@pytest.mark.django_db
@settings(max_examples=tries(400), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=20))
def test_both_make_the_same(rows: list[tuple[str | None, str | None]]) -> None:
    columns = [pa.array([row[place] for row in rows], pa.string()) for place in (0, 1)]
    made, wanted = search_text(columns).to_pylist(), by_the_database(rows)
    assert [text for text in made if text is not None] == [
        right for text, right in zip(made, wanted, strict=True) if text is not None
    ]


def test_only_what_is_uncertain_is_left_to_the_database() -> None:
    made = search_text([pa.array(WORDS, pa.string())]).to_pylist()
    assert [word for word, text in zip(WORDS, made, strict=True) if text is None] == [
        "Café Zürich",
        "ＡＢ１２",
        "İstanbul",
        "Ω",
    ]
    assert made[2] == "新碶街道 xinqijiedao xqjd"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["重庆银行", "绿岛 2 号楼", "龘㐀行", "Bank 中行"])
def test_a_search_is_spoken_as_the_database_speaks_its_rows(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT geoportal_pinyin(%s)", [name.lower()])
        assert cursor.fetchone()[0].split()[0] == as_pinyin(normalize(name))


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("路", False),
        ("药店", True),
        ("ab", False),
        ("park", True),
        ("1-2", False),
        ("路12", True),
        ("_a_b", False),
    ],
)
def test_an_index_of_trigrams_knows_words_of_three_letters_and_of_two_chinese_ones(
    word: str, known: bool
) -> None:
    assert is_indexed(word) == known
