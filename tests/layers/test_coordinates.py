"""Offset coordinates of China against published vectors and against themselves."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.coordinates import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    lonlat_to_web,
    web_to_lonlat,
    wgs84_to_gcj02,
)
from tests.offsets import wgs84_to_bd09

CHINA = (st.floats(75, 134), st.floats(18, 53))


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.hypot((a[0] - b[0]) * math.cos(math.radians(a[1])), a[1] - b[1]) * 111_320


def test_published_vectors_are_met() -> None:
    assert wgs84_to_gcj02(116.404, 39.915) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    assert gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)
    assert bd09_to_gcj02(116.404, 39.915) == pytest.approx((116.39762729119315, 39.90865673957631), abs=1e-5)


@given(*CHINA)
def test_the_inverse_of_gcj02_is_exact_within_a_millimetre(lon: float, lat: float) -> None:
    assert metres(gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)), (lon, lat)) < 0.001


@given(*CHINA)
def test_the_inverse_of_bd09_is_exact_within_a_millimetre(lon: float, lat: float) -> None:
    assert metres(bd09_to_wgs84(*wgs84_to_bd09(lon, lat)), (lon, lat)) < 0.001


@given(*CHINA)
def test_the_offset_is_hundreds_of_metres(lon: float, lat: float) -> None:
    assert 20 < metres(wgs84_to_gcj02(lon, lat), (lon, lat)) < 1500


def test_outside_china_nothing_is_offset() -> None:
    assert wgs84_to_gcj02(7.42, 43.73) == (7.42, 43.73)


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_web_mercator_goes_there_and_back(lon: float, lat: float) -> None:
    assert web_to_lonlat(*lonlat_to_web(lon, lat)) == pytest.approx((lon, lat), abs=1e-9)
