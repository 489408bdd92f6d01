"""Where a professional is, who may see him, and what he may change."""

from __future__ import annotations

import math
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import Kind, OutOfRange, WrongSide
from conectar.domain.kernel.ids import TradeId
from conectar.domain.levels.level import Level
from conectar.domain.people.kyc import InvalidKycStep, KycStatus, KycTrigger
from conectar.domain.people.professional import (
    Point,
    UnknownTrade,
    blurred,
    distance_m,
    newcomer,
)

from .builders import PROFESSIONAL_ID
from .test_user import user

RADIUS_M = 6_371_008.8
LIVED_IN = st.builds(Point, st.floats(-75, 75), st.floats(-180, 180))
ANYWHERE = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
SECRETS = st.text(min_size=1, max_size=40)
HOME = Point(-34.6037, -58.3816)
NEW = newcomer(PROFESSIONAL_ID, "secret")


def metres(a: Point, b: Point) -> float:
    """The angle between two unit vectors, times the radius: another way than haversine's."""

    def vector(p: Point) -> tuple[float, float, float]:
        lat, lon = math.radians(p.latitude), math.radians(p.longitude)
        return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)

    (ax, ay, az), (bx, by, bz) = vector(a), vector(b)
    cross = math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
    return RADIUS_M * math.atan2(cross, ax * bx + ay * by + az * bz)


@given(ANYWHERE, ANYWHERE)
def test_distance_is_that_of_a_sphere_and_the_same_both_ways(a: Point, b: Point) -> None:
    assert distance_m(a, b) == pytest.approx(metres(a, b), abs=0.5)
    assert distance_m(a, b) == pytest.approx(distance_m(b, a), abs=1e-6)
    assert distance_m(a, a) == 0


def test_distances_known_otherwise() -> None:
    assert distance_m(Point(0, 0), Point(0, 1)) == pytest.approx(RADIUS_M * math.pi / 180)
    assert distance_m(Point(90, 0), Point(-90, 77)) == pytest.approx(RADIUS_M * math.pi)
    assert distance_m(Point(0, 179.999), Point(0, -179.999)) == pytest.approx(222.39, abs=0.01)
    cordoba = Point(-31.4201, -64.1888)
    assert distance_m(HOME, cordoba) == pytest.approx(646_000, rel=0.01)


@given(LIVED_IN, SECRETS)
def test_the_point_is_moved_by_300_metres_at_most(home: Point, secret: str) -> None:
    moved = blurred(home, secret)
    assert metres(home, moved) <= 300.05
    assert -90 <= moved.latitude <= 90
    assert -180 <= moved.longitude <= 180


@given(LIVED_IN, SECRETS)
def test_asking_often_finds_nothing_more_than_asking_once(home: Point, secret: str) -> None:
    assert {blurred(home, secret) for _ in range(20)} == {blurred(home, secret)}


def test_secrets_move_it_everywhere_in_the_disc() -> None:
    """Even over the disc: a quarter of the points within half the radius, all directions alike."""
    points = [blurred(HOME, f"secret {n}") for n in range(2000)]
    distances = [metres(HOME, point) for point in points]
    assert len(set(points)) == 2000
    assert max(distances) > 295
    assert 400 <= sum(d <= 150 for d in distances) <= 600
    for axis in (0, 1):
        assert 900 <= sum(point[axis] > HOME[axis] for point in points) <= 1100


def test_the_home_is_never_the_public_point() -> None:
    at_home = replace(NEW, location=HOME)
    assert at_home.public_point == blurred(HOME, "secret")
    assert at_home.public_point != HOME
    assert replace(at_home, blur="other").public_point != at_home.public_point
    assert NEW.public_point is None


@pytest.mark.parametrize("kyc", KycStatus)
@pytest.mark.parametrize("active", [False, True])
def test_the_public_sees_active_and_approved_ones(kyc: KycStatus, active: bool) -> None:
    wanted = active and kyc is KycStatus.APPROVED
    assert replace(NEW, kyc=kyc).visible(replace(user(), active=active)) is wanted


def test_a_newcomer_is_nobody_yet() -> None:
    assert (NEW.kyc, NEW.points, NEW.reviews, NEW.version) == (KycStatus.PENDING, 0, 0, 1)
    assert NEW.tier().level is Level.BRONZE
    assert NEW.rating_average is None
    assert not NEW.visible(user())


def test_points_make_the_level() -> None:
    assert replace(NEW, points=2000).tier().level is Level.GOLD


@pytest.mark.parametrize(
    ("total", "reviews", "average"), [(5, 1, 5.0), (9, 2, 4.5), (13, 3, 4.33), (14, 3, 4.67)]
)
def test_the_average_has_two_decimals(total: int, reviews: int, average: float) -> None:
    assert replace(NEW, rating_sum=total, reviews=reviews).rating_average == average


def test_a_trade_is_his_once() -> None:
    trade, other = TradeId(UUID(int=1)), TradeId(UUID(int=2))
    one = NEW.with_trade(trade)
    assert (one.trades, one.version) == ((trade,), 2)
    assert one.with_trade(trade) is one
    two = one.with_trade(other)
    assert two.trades == (trade, other)
    assert two.without_trade(trade).trades == (other,)
    with pytest.raises(UnknownTrade):
        one.without_trade(other)
    assert UnknownTrade.kind is Kind.NOT_FOUND


def test_a_step_of_the_proof_keeps_its_reason() -> None:
    sent = NEW.kyc_step(KycTrigger.SUBMIT, Role.PROFESSIONAL, None)
    refused = sent.kyc_step(KycTrigger.REJECT, Role.ADMIN, "blurred photo")
    assert (refused.kyc, refused.kyc_reason, refused.version) == (
        KycStatus.REJECTED,
        "blurred photo",
        3,
    )
    again = refused.kyc_step(KycTrigger.SUBMIT, Role.PROFESSIONAL, None)
    assert (again.kyc, again.kyc_reason) == (KycStatus.IN_REVIEW, None)
    with pytest.raises(WrongSide):
        sent.kyc_step(KycTrigger.APPROVE, Role.PROFESSIONAL, None)
    with pytest.raises(InvalidKycStep):
        NEW.kyc_step(KycTrigger.APPROVE, Role.ADMIN, None)


@pytest.mark.parametrize("radius_km", [-1, 0, 1, 50, 100, 101, 500])
def test_nobody_travels_farther_than_a_hundred_kilometres(radius_km: int) -> None:
    someone = newcomer(PROFESSIONAL_ID, "a secret")
    if 1 <= radius_km <= 100:
        assert someone.travels(radius_km) == replace(someone, radius_km=radius_km, version=2)
    else:
        with pytest.raises(OutOfRange):
            someone.travels(radius_km)
