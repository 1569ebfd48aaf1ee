"""Rules of base geography: plain functions of plain values."""

LENGTHS = {"district": 6, "subdistrict": 9, "zone": 9, "village": 12, "community": 12}
"""How many leading digits of a code say something, by level; zeros follow."""


def division_code_errors(code: str, level: str, parent: str) -> list[str]:
    """What is wrong with a 12-digit division code below its parent's, in sentences; empty when it is right."""
    if len(code) != 12 or not (code.isascii() and code.isdigit()):
        return [f"{code}: a division code has 12 digits"]
    length = LENGTHS[level]
    errors = []
    if code[length:].strip("0"):
        errors.append(f"{code}: the code of a {level} ends with {12 - length} zeros")
    if length > 6 and not code[length - 3 : length].strip("0"):
        errors.append(f"{code}: no {level} has the number 000")
    if level == "district":
        return errors
    above = 6 if length == 9 else 9
    if parent != code[:above] + "0" * (12 - above):
        errors.append(f"{code}: its parent is {code[:above]}{'0' * (12 - above)}, not {parent or 'nothing'}")
    return errors
