"""Templates stay in their room: texts in, HTML out, nothing else within reach."""

from decimal import Decimal

import pytest

from layers.casework.documents.amounts import capitals, yuan
from layers.casework.documents.rendering import TemplateFault, render_template, render_texts


def rendered(text: str, **content: object) -> str:
    return render_template("own", {"own": text}.get, content)


def test_values_are_texts_and_never_markup() -> None:
    assert rendered("<p>{{ name }}</p>", name="<script>x</script>") == (
        "<p>&lt;script&gt;x&lt;/script&gt;</p>"
    )


def test_what_is_empty_is_a_line_to_be_filled_in() -> None:
    assert 'class="blank"' in rendered("{{ name|fill }}", name="")
    assert 'class="blank' in rendered("{{ day|day }}", day=None)
    assert rendered("{{ day|day }}", day="2026-10-08") == "2026年10月8日"


@pytest.mark.parametrize(
    "text",
    [
        "{{ name.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ name.format.__globals__ }}",
        "{{ '{0.__class__}'.format(name) }}",
        "{{ self.__init__.__globals__ }}",
        "{{ range(9) }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler }}",
        "{{ settings.SECRET_KEY }}",
        "{{ request }}",
        "{% include '/etc/passwd' %}",
        "{% include '../settings.py' %}",
        "{% import 'os' as os %}",
        "{{ 'x' * 999999999 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%0999999999d' % 1 }}",
        "{{ 'x'|center(999999999) }}",
        "{{ things.append(1) }}",
        "{{ unknown }}",
        "{{ 'nonsense'|yuan }}",
        "{% for %}",
        "{{ name|no_such_filter }}",
        "{% include 'own' %}",
    ],
)
def test_nothing_outside_is_reached_and_mistakes_say_so(text: str) -> None:
    with pytest.raises(TemplateFault):
        rendered(text, name="名", things=[1])


def test_a_mistake_names_its_line() -> None:
    with pytest.raises(TemplateFault) as found:
        rendered("一\n二\n{{ unknown }}\n")
    assert (found.value.code, found.value.line) == ("own", 3)
    with pytest.raises(TemplateFault) as found:
        rendered("一\n{% if %}\n")
    assert found.value.line == 2


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("10", "壹拾元整"),
        ("200", "贰佰元整"),
        ("1005", "壹仟零伍元整"),
        ("10005", "壹万零伍元整"),
        ("20000", "贰万元整"),
        ("100500", "壹拾万零伍佰元整"),
        ("1234567.89", "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        ("100000001", "壹亿零壹元整"),
        ("3000.50", "叁仟元伍角整"),
        ("3000.05", "叁仟元零伍分"),
        ("0.60", "陆角整"),
    ],
)
def test_amounts_in_capital_numerals(amount: str, words: str) -> None:
    assert capitals(Decimal(amount)) == words


def test_amounts_in_figures() -> None:
    assert (yuan(Decimal("12500")), yuan(Decimal("99.5"))) == ("12,500", "99.50")


def test_money_of_a_form_comes_with_its_unit() -> None:
    text = {"proof": "{{ paid|yuan }}，{{ paid|capitals }}"}
    assert render_texts("proof", text, {"paid": "500.00元"}) == "500，伍佰元整"
