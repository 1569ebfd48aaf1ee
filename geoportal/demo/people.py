"""Names that nobody bears on purpose, and numbers that cannot be anybody's."""

import numpy as np
from stdnum.cn import ric, uscc

SURNAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕".replace(
    "", " "
).split()
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰建国红梅志文辉晨宇欣怡浩然子轩雨桐".replace(
    "", " "
).split()


def person(random: np.random.Generator) -> str:
    length = 1 if random.random() < 0.3 else 2
    return str(random.choice(SURNAMES)) + "".join(str(random.choice(GIVEN)) for _ in range(length))


def phone(random: np.random.Generator) -> str:
    return f"0574-0000{int(random.integers(0, 10000)):04d}"


def citizen_number(random: np.random.Generator) -> str:
    """Looks like a citizen number; its check digit is wrong, so that it is nobody's."""
    number = f"330206{int(random.integers(1950, 2004))}{int(random.integers(1, 13)):02d}{int(random.integers(1, 29)):02d}{int(random.integers(0, 1000)):03d}"
    right = ric.calc_check_digit(number + "0")  # it passes over the last digit
    return number + next(digit for digit in "0123456789" if digit != right)


def credit_code(random: np.random.Generator) -> str:
    """Looks like a unified social credit code; its check digit is wrong."""
    body = "92330206" + "".join(str(random.choice(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))) for _ in range(9))
    right = uscc.calc_check_digit(body)
    return body + next(digit for digit in "0123456789" if digit != right)
