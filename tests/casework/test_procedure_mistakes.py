"""Every kind of mistake in a procedure is told with its line."""

import re

import pytest

from layers.casework.procedures import (
    ProcedureError,
    read_procedure,
)
from tests.casework.small_procedure import SMALL, line_of, problems_of

CLOSE = "    to: closed\n"


CLOSE_LAW = "    basis: law 2\n"


FINE = "fields:\n  fine: {title: {zh: 罚款, en: Fine}, kind: number}\n"


TOLD = "  told: {title: {zh: 告知日, en: Told on}, kind: date, past: true}\n"


AFTER_CLOSE = "deadlines:\n  after:\n    title: {zh: 后, en: After}\n    basis: local\n    ends: [resume]\n"


def counted(form: str, field: str = TOLD, start: str = "pause", span: str = "2 working days") -> str:
    """A second limit that counts from what the form of its starting step says."""
    own = f"{AFTER_CLOSE}    starts: [{start}]\n    counts_from: told\n    span: {span}\n    warn: 1 hour\n"
    text = SMALL.replace("deadlines:\n", own, 1).replace(FINE, FINE + field, 1)
    return text.replace("    pauses: [limit]\n", f"    pauses: [limit]\n{form}", 1)


OFFICER = "officer: {title: {zh: 人员, en: Officer}}"


PARTIES = "parties:\n  firm: {title: {zh: 企业, en: Firm}}\n"


MISTAKES = {
    "outside by another name": (
        OFFICER,
        OFFICER + "\n  guest: {title: {zh: 来访者, en: Guest}, outside: true}",
        "guest:",
        "A role outside is called party or reporter, not 'guest'.",
    ),
    "outside with an office": (
        OFFICER,
        OFFICER + "\n  party: {title: {zh: 当事人, en: Party}, outside: true, capabilities: [publish]}",
        "party:",
        "it has no credentials or capabilities",
    ),
    "nobody is the principal": ("flags:\n", f"{PARTIES}flags:\n", "parties:", "Exactly one role of parties"),
    "two principals": (
        "flags:\n",
        "parties:\n"
        "  firm: {title: {zh: 企业, en: Firm}, principal: true}\n"
        "  boss: {title: {zh: 负责人, en: Boss}, principal: true}\nflags:\n",
        "  boss:",
        "Exactly one role of parties",
    ),
    "party required nowhere": (
        "flags:\n",
        "parties:\n  firm: {title: {zh: 企业, en: Firm}, principal: true, required: moon}\nflags:\n",
        "  firm:",
        "no state 'moon'",
    ),
    "unknown start": ("start: lead", "start: led", "start: led", "no state 'led'"),
    "unknown state": (CLOSE, "    to: close\n", "    to: close\n", "no state 'close'"),
    "unknown source": ("from: [lead]\n    to", "from: [led]\n    to", "from: [led]", "no state 'led'"),
    "unknown step": (CLOSE, f"{CLOSE}    after: [fly]\n", "after: [fly]", "no step 'fly'"),
    "unknown role": (
        "by: [officer]\n    basis: law 2",
        "by: [boss]\n    basis: law 2",
        "by: [boss]",
        "'boss'",
    ),
    "nobody": ("by: [officer]\n    basis: law 2", "by: []\n    basis: law 2", "by: []", "Nobody can take"),
    "unknown deadline": ("pauses: [limit]", "pauses: [time]", "pauses: [time]", "no deadline 'time'"),
    "unknown document": (CLOSE, f"{CLOSE}    documents: [map]\n", "documents: [map]", "no document 'map'"),
    "unknown field": (CLOSE, f"{CLOSE}    fields: {{sum: required}}\n", "sum:", "'sum'"),
    "field said wrongly": (
        CLOSE,
        f"{CLOSE}    fields: {{fine: maybe}}\n",
        "fine: maybe",
        "required, optional",
    ),
    "a number for nothing": (
        '{serial:04d}号"}',
        '{serial:04d}号", number_field: fine}',
        "number_field",
        "no field 'fine' that writes",
    ),
    "unknown law": ("basis: law 2", "basis: lore 2", "basis: lore 2", "laws has no 'lore'"),
    "not an article": ("basis: law 2", "basis: law two", "basis: law two", "not article numbers"),
    "unknown flag": (
        CLOSE,
        f"{CLOSE}    when: {{flag: rare}}\n    otherwise: {{zh: 否, en: 'No'}}\n",
        "when: {flag: rare}",
        "no flag 'rare'",
    ),
    "unknown rule": (
        CLOSE,
        f"{CLOSE}    when: {{rule: rare}}\n    otherwise: {{zh: 否, en: 'No'}}\n",
        "when: {rule: rare}",
        "conditions has no 'rare'",
    ),
    "no condition": (
        CLOSE,
        f"{CLOSE}    when: {{moon: full}}\n    otherwise: {{zh: 否, en: 'No'}}\n",
        "when: {moon: full}",
        "A condition is one of",
    ),
    "no reason": (CLOSE, f"{CLOSE}    when: {{flag: serious}}\n", "  close:", "otherwise must say why"),
    "condition in a circle": (
        "fields:\n",
        "conditions:\n  one: {not: {rule: two}}\n  two: {rule: one}\nfields:\n",
        "one: {not",
        "refers to itself",
    ),
    "unreachable": (
        "steps:\n",
        "  moon: {title: {zh: 月, en: Moon}, phase: open}\nsteps:\n",
        "  moon:",
        "No way leads to the state 'moon'",
    ),
    "no way out": (
        "steps:\n",
        "  trap: {title: {zh: 陷, en: Trap}, phase: open}\nsteps:\n"
        "  fall: {title: {zh: 落, en: Fall}, from: [lead], to: trap, by: [officer], basis: local}\n"
        "  turn: {title: {zh: 转, en: Turn}, from: [trap], to: trap, by: [officer], basis: local}\n",
        "  trap:",
        "No way leads from the state 'trap' to an end",
    ),
    "no end": (", final: true", "", "states:", "No state is final"),
    "out of the end": (
        "from: [lead]\n    by: [officer]\n    basis: law 3; local\n    pauses",
        "from: [closed, lead]\n    by: [officer]\n    basis: law 3; local\n    pauses",
        "from: [closed, lead]",
        "without reopening",
    ),
    "no limit": ("starts: [opened]", "starts: [close]", "  lead:", "No deadline runs in the state 'lead'"),
    "limit without end": ("ends: [close]", "ends: []", "ends: []", "never ends"),
    "limit without a way to its end": (
        "starts: [opened]",
        "starts: [opened, close]",
        "ends: [close]",
        "never",
    ),
    "unknown end": ("ends: [close]", "ends: [stop]", "ends: [stop]", "no step 'stop'"),
    "pause without resume": ("    resumes: [limit]\n", "", "pauses: [limit]", "No step resumes"),
    "resume without pause": ("    pauses: [limit]\n", "", "resumes: [limit]", "No step pauses"),
    "number": ("{serial:04d}", "{moon}", "report:", "A number is made of"),
    "number without serial": ("{serial:04d}", "", "report:", "A number is made of"),
    "number that breaks": ("{serial:04d}", "{serial:zz}", "report:", "A number is made of"),
    "number without measure": ("{serial:04d}", "{serial:0999999999d}", "report:", "A number is made of"),
    "number that looks inside": ("{serial:04d}", "{serial.__class__}", "report:", "A number is made of"),
    "unknown place": ("required: lead", "required: moon", "place:", "no state 'moon'"),
    "unknown separation": (
        "place:",
        "separations:\n  two: {first: [close], second: [fly], reason: {zh: 分, en: Apart}, basis: local}\nplace:",
        "  two:",
        "no step 'fly'",
    ),
    "unknown in group": ("place:", "groups:\n  all: [close, fly]\nplace:", "  all:", "no step 'fly'"),
    "category's unknown limit": (
        "place:",
        "categories:\n  dirt:\n    title: {zh: 脏, en: Dirt}\n    basis: local\n    limits: {time: 2 hours}\nplace:",
        "limits:",
        "no deadline 'time'",
    ),
    "unknown key": (CLOSE, f"{CLOSE}    colour: red\n", "colour: red", "no key 'colour'; there are: after, "),
    "misspelt key": (CLOSE, CLOSE.replace("to", "fields_", 1), "fields_: closed", "the nearest are: fields"),
    "unknown key at the top": ("start: lead", "start: lead\nstop: lead", "stop: lead", "no key 'stop'"),
    "wrong type": ("final: true", "final: perhaps", "  closed:", "true or false"),
    "wrong number": ("version: 1", "version: one", "version: one", "whole number"),
    "zero version": ("version: 1", "version: 0", "version: 0", "must be 1 or more"),
    "many officers": (CLOSE, f"{CLOSE}    officers: 3\n", "officers: 3", "must be 2 or less"),
    "long title": (
        "en: Small",
        f"en: {'S' * 121}",
        "title: {zh: 小",
        "has 121 characters; at most 120 are taken",
    ),
    "empty title": ("en: Small", "en: ''", "title: {zh: 小", "must not be empty"),
    "wrong phase": ("phase: open", "phase: ajar", "phase: ajar", "one of open, decided"),
    "wrong span": ("span: 5 working days", "span: 5 moons", "span: 5 moons", "5 working days"),
    "long span": (
        "span: 5 working days",
        "span: 99999999999 working days",
        "span: 9999",
        "this is too long; at most 9999 are taken",
    ),
    "missing": ("    basis: law 2\n", "", "  close:", "basis is missing"),
    "bad name": ("  close:\n", "  Close It:\n", "  Close It:", "cannot be a name"),
    "text in one language": ("{zh: 小, en: Small}", "{zh: 小}", "title: {zh: 小}", "en is missing"),
    "null without a base": ("start: lead", "start: null", "start: null", "must be text"),
    "twice": ("  pause:\n", "  close:\n", "  close:\n    title: {zh: 中止", "written twice"),
    "not YAML": ("roles:", "roles: [", "flags:", "not YAML"),
    "tab": ("  law: {zh", "\tlaw: {zh", "\tlaw", "not YAML"),
    "anchor": ("start: lead", "start: &a lead", "start: &a lead", "Anchors"),
    "alias": ("start: lead", "start: *a", "start: *a", "Anchors"),
    "tag": ("start: lead", "start: !!python/name:os.system lead", "start: !!python", "Tags"),
    "merge key": ("start: lead", "start: lead\n<<: {}", "<<: {}", "no key '<<'"),
    "second document": ("start: lead", "start: lead\n---\na: 1", "", ""),
    "key of a list": ("start: lead", "start: lead\n? [a]\n: b", "? [a]", "single word"),
    "too deep": ("start: lead", f"start: {'[' * 60}{']' * 60}", "start: [", "too deeply"),
    "deep beyond recursion": ("start: lead", f"start: {'[' * 5000}", "", ""),
    "no such base": ("start: lead", "start: lead\nextends: moon", "extends: moon", "no base named 'moon'"),
}


ASKED = "    fields: {told: required}\n"


COUNTED_WRONGLY = {
    "no such field": (counted(""), "The step 'pause' has no field 'told'."),
    "another step's field": (
        counted("").replace(CLOSE_LAW, f"{CLOSE_LAW}{ASKED}", 1),
        "The step 'pause' has no field 'told'.",
    ),
    "no start has it": (counted(ASKED, start="pause, opened"), "The opening has no field 'told'."),
    "a day to come": (
        counted(ASKED, TOLD.replace(", past: true", "")),
        "The field 'told' is not the day of what has happened (past: true).",
    ),
    "may be left out": (
        counted(ASKED.replace("required", "optional")),
        "In the step 'pause' 'told' must be required.",
    ),
    "hours": (
        counted(ASKED, span="2 hours"),
        "The deadline 'after' is one of hours and cannot count from a day.",
    ),
}


@pytest.mark.parametrize("mistake", COUNTED_WRONGLY)
def test_a_limit_counts_from_a_day_that_each_of_its_starts_states(mistake: str) -> None:
    text, sentence = COUNTED_WRONGLY[mistake]
    assert problems_of(text) == [("own", line_of(text, "counts_from"), sentence)]


def test_what_counts_from_a_stated_day_is_read() -> None:
    procedure = read_procedure(counted(f"{ASKED}    within: {{limit: told}}\n"), "own", {})
    assert procedure.deadlines["after"].counts_from == "told"
    assert procedure.deadlines["limit"].counts_from == ""
    assert procedure.steps["pause"].within == {"limit": "told"}
    assert procedure.steps["pause"].fields[0].past


def test_within_names_a_limit_and_a_day_of_the_form() -> None:
    text = counted(f"{ASKED}    within: {{limit: when}}\n")
    where = line_of(text, "within")
    assert problems_of(text) == [("own", where, "The step 'pause' has no field 'when'.")]
    text = counted(f"{ASKED}    within: {{time: told}}\n")
    assert problems_of(text) == [("own", where, "There is no deadline 'time'.")]


def test_only_a_date_is_past() -> None:
    text = counted(ASKED, TOLD.replace("date", "text"))
    found = problems_of(text)
    assert ("own", line_of(text, "  told:"), "'told' is no date and cannot be past.") in found


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_told_with_its_line(mistake: str) -> None:
    old, new, where, sentence = MISTAKES[mistake]
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    found = problems_of(text)
    if where:
        line = line_of(text, where)
        told = [each for each in found if each[1] == line and sentence in each[2]]
        assert told, found


CHOSEN = "  colour: {title: {zh: 颜色, en: Colour}, kind: choice, choices: {red: {zh: 红, en: Red}, blue: {zh: 蓝, en: Blue}}}"
LISTED = "  list: {title: {zh: 检查表, en: List}, kind: checklist, table: points}"
POINTS = "tables:\n  points:\n    floor: {title: {zh: 地面, en: Floor}}\n"


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (
            "{field: colour, in: [red, green]}",
            "The field 'colour' does not offer 'green'; it offers: red, blue.",
        ),
        ("{field: colour, over: 5}", "The field 'colour' is no number and no money"),
        ("{field: fine, over: colour}", "The field 'colour' is no number and no money"),
        (
            "{field: list.failed_rows, in: [roof]}",
            "The field 'list' does not offer 'roof'; it offers: floor.",
        ),
        ("{field: colour, in: [red]}", ""),
        ("{field: list.failed_rows, in: [floor]}", ""),
        ("{field: list.points, over: 5}", ""),
        ("{field: fine, over: 5}", ""),
    ],
)
def test_a_condition_asks_only_what_the_field_can_hold(condition: str, sentence: str) -> None:
    asked = SMALL.replace(
        CLOSE, f"{CLOSE}    fields: {{fine: optional, colour: optional, list: optional}}\n", 1
    )
    text = asked.replace(FINE, f"{POINTS}{FINE}{CHOSEN}\n{LISTED}\n", 1).replace(
        "    pauses: [limit]\n",
        f"    pauses: [limit]\n    when: {condition}\n    otherwise: {{zh: 否, en: 'No'}}\n",
    )
    if not sentence:
        assert read_procedure(text, "own", {})
        return
    ((file, line, told),) = problems_of(text)
    assert (file, line) == ("own", line_of(text, "when: {field"))
    assert sentence in told


@pytest.mark.parametrize(
    ("kind", "is_right"), [("text", False), ("date", False), ("number", True), ("money", True)]
)
def test_only_amounts_have_a_least(kind: str, is_right: bool) -> None:
    asked = SMALL.replace(CLOSE, f"{CLOSE}    fields: {{fine: required}}\n", 1)
    text = asked.replace("kind: number}", f"kind: {kind}, least: 3}}", 1)
    if is_right:
        assert read_procedure(text, "own", {}).fields()["fine"].least == 3
        return
    sentence = "'fine' is no number and no money with a least."
    assert problems_of(text) == [("own", line_of(text, "least: 3"), sentence)]


def test_nobody_outside_is_one_of_two_officers_or_grants_time() -> None:
    party = f"{OFFICER}\n  party: {{title: {{zh: 当事人, en: Party}}, outside: true}}"
    text = SMALL.replace(OFFICER, party).replace(
        "by: [officer]\n    basis: law 2", "by: [officer, party]\n    officers: 2\n    basis: law 2"
    )
    where = line_of(text, "by: [officer, party]")
    sentence = "The step 'close' needs two officers and cannot be taken from outside."
    assert problems_of(text) == [("own", where, sentence)]
    named = SMALL.replace(OFFICER, party).replace("kind: number}", "kind: person}")
    text = named.replace(
        "by: [officer]\n    basis: law 2", "by: [party]\n    fields: {fine: optional}\n    basis: law 2"
    )
    where = line_of(text, "fields: {fine")
    sentence = "Nobody outside names officers: the step 'close' asks for 'fine'."
    assert problems_of(text) == [("own", where, sentence)]
    granted = (
        "warn: 1 working day\n    extensions: [{span: 1 working day, by: [party], most: 1, basis: law 4}]"
    )
    text = SMALL.replace(OFFICER, party).replace("warn: 1 working day", granted)
    where = line_of(text, "extensions")
    assert problems_of(text) == [("own", where, "Nobody outside extends the deadline 'limit'.")]


def test_only_roles_outside_are_told_what_was_entered() -> None:
    asked = SMALL.replace(CLOSE, f"{CLOSE}    fields: {{fine: required}}\n", 1)
    text = asked.replace("kind: number}", "kind: number, told: [officer]}", 1)
    assert problems_of(text) == [("own", line_of(text, "told:"), "There is no role outside named 'officer'.")]
    party = f"{OFFICER}\n  party: {{title: {{zh: 当事人, en: Party}}, outside: true}}"
    read = read_procedure(text.replace("told: [officer]", "told: [party]").replace(OFFICER, party), "own", {})
    assert read.fields()["fine"].told == ("party",)


def test_a_form_writes_only_what_the_family_keeps() -> None:
    asked = SMALL.replace(CLOSE, f"{CLOSE}    fields: {{fine: required}}\n", 1)
    text = asked.replace("kind: number}", "kind: number, writes: hours}", 1)
    ((_, line, sentence),) = problems_of(text)
    assert line == line_of(text, "writes: hours")
    assert "no attribute 'hours'; there are: address, category, decision_number" in sentence
    assert read_procedure(asked.replace("kind: number}", "kind: number, writes: fine}", 1), "own", {})


def test_every_mistake_is_said_in_chinese_too() -> None:
    for old, new, _, _ in MISTAKES.values():
        with pytest.raises(ProcedureError) as caught:
            read_procedure(SMALL.replace(old, new, 1), "own", {})
        for each in caught.value.problems:
            assert re.search(r"[\u4e00-\u9fff]", each.sentence.zh), each


@pytest.mark.parametrize(
    "text", ["", "   ", "# nothing", "- a", "word", "\x00", "a: b: c", "%YAML 9.9\n---\na: 1", "\ud800"]
)
def test_what_is_no_procedure_at_all(text: str) -> None:
    assert problems_of(text)


def test_all_mistakes_are_told_at_once() -> None:
    text = SMALL.replace(CLOSE, "    to: moon\n").replace("pauses: [limit]", "pauses: [time]")
    assert [each[1] for each in problems_of(text)] == [line_of(text, "to: moon"), line_of(text, "pauses:")]


def test_a_mistake_in_the_base_names_the_base() -> None:
    base = SMALL.replace(CLOSE, "    to: moon\n")
    found = problems_of("extends: small\nversion: 2\n", small=base)
    assert found == [("small", line_of(base, "to: moon"), "There is no state 'moon'.")]


def test_a_mistake_that_the_variation_makes_is_its_own() -> None:
    own = "extends: small\nversion: 2\nsteps:\n  close:\n    to: moon\n"
    assert problems_of(own, small=SMALL) == [("own", 5, "There is no state 'moon'.")]


def test_nothing_is_deleted_that_is_not_there() -> None:
    own = "extends: small\nsteps:\n  fly: null\n"
    assert problems_of(own, small=SMALL) == [("own", 3, "The base has no 'fly' to delete.")]


def test_bases_do_not_extend_each_other_in_a_circle() -> None:
    found = problems_of("extends: one\n", one="extends: two\n", two="\nextends: one\n")
    assert found == [("two", 2, "The bases extend each other in a circle.")]


def test_a_text_has_a_limit() -> None:
    assert problems_of(SMALL + "#" * 300_000) == [("own", 1, "The text is too long.")]


def test_rules_do_not_multiply_each_other() -> None:
    rules = "".join(f"  r{n}: {{all: [{{rule: r{n + 1}}}, {{rule: r{n + 1}}}]}}\n" for n in range(40))
    text = SMALL.replace("fields:\n", f"conditions:\n{rules}  r40: {{flag: serious}}\nfields:\n", 1)
    assert [each[2] for each in problems_of(text)] == ["There are too many conditions."]
