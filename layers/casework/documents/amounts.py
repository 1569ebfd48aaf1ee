"""Amounts of money as decisions write them: in figures and in capital numerals (大写)."""

from decimal import ROUND_HALF_UP, Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def yuan(value: Decimal) -> str:
    """12500 as "12,500.00"; whole amounts without fen."""
    return f"{value:,.2f}".removesuffix(".00")


def capitals(value: Decimal) -> str:
    """An amount below 10^16 yuan, as 人民币 is written on decisions and receipts."""
    fen = int((value * 100).quantize(Decimal(1), ROUND_HALF_UP))
    whole, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    text = f"{_whole(whole)}元" if whole or not fen else ""
    if not jiao and not rest:
        return text + "整"
    text += f"{DIGITS[jiao]}角" if jiao else ("零" if whole else "")
    return text + (f"{DIGITS[rest]}分" if rest else "整")


def _whole(number: int) -> str:
    if number == 0:
        return DIGITS[0]
    text, has_gap = "", False
    for group in range(len(GROUPS) - 1, -1, -1):
        part = number // 10_000**group % 10_000
        if not part:
            has_gap = bool(text)
            continue
        text += (DIGITS[0] if text and (has_gap or part < 1000) else "") + _thousands(part) + GROUPS[group]
        has_gap = False
    return text


def _thousands(part: int) -> str:
    text, has_gap = "", False
    for place in range(3, -1, -1):
        digit = part // 10**place % 10
        if digit:
            text += (DIGITS[0] if has_gap else "") + DIGITS[digit] + PLACES[place]
            has_gap = False
        else:
            has_gap = bool(text)
    return text
