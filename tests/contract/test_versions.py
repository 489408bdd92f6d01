"""Versions: what the public sees and changes is known to have changed."""

from dataclasses import replace

import pytest

from conectar.application.message import Page
from conectar.application.ports.search import SearchOrder
from conectar.application.ports.unit_of_work import Store
from conectar.application.queries.search import Search
from conectar.application.versions import around, of_place, of_professional
from conectar.domain.people.professional import Point, Professional
from conectar.domain.people.user import User
from tests.contract.test_search import add


async def refresh(store: Store, user: User, professional: Professional) -> None:
    """As after a change of either."""
    async with store.unit() as uow:
        await uow.search.replace(user, professional)
        await uow.commit()


async def version(store: Store, *topics: str) -> int:
    """Now."""
    async with store.reading() as read:
        return sum((await read.versions(topics)).values())


async def test_what_the_public_sees_of_somebody_has_a_new_version_with_each_change(
    store: Store,
) -> None:
    user, professional = await add(store)
    place = professional.public_point
    assert place is not None
    his, there = of_professional(user.id), of_place(place)
    before = await version(store, his), await version(store, there)
    await refresh(store, user, professional)
    assert (await version(store, his), await version(store, there)) == (
        before[0] + 1,
        before[1] + 1,
    )
    assert await version(store, his, there) == sum(before) + 2
    moved = replace(professional, location=Point(-38.5, -57.5))
    await refresh(store, user, moved)
    assert await version(store, there) == before[1] + 2, "where he was, he is no more"
    assert moved.public_point is not None
    assert await version(store, of_place(moved.public_point)) == 1
    assert await version(store, "place/0/0", "professional/nobody") == 0


def test_a_circle_touches_every_square_it_reaches() -> None:
    assert around(Point(-34.5, -58.5), 10) == ("place/-35/-59",)
    edge = around(Point(-34.01, -58.5), 10)
    assert set(edge) == {"place/-35/-59", "place/-34/-59"}
    assert len(around(Point(-34.5, -58.5), 100)) == 9
    assert around(Point(-34.5, -58.5), 500) == (), "too many"
    assert around(Point(-89.9, 0), 50) == (), "a pole"
    assert around(Point(0.5, 179.99), 50) == (), "the other side"


@pytest.mark.parametrize("latitude", range(-56, -20))
def test_who_comes_is_found_in_squares_few_enough_to_be_kept(latitude: int) -> None:
    wide = Search(
        near=Point(latitude + 0.9, -65.1),
        radius_km=500,
        trade=None,
        rating_min=None,
        price_min=None,
        price_max=None,
        available=None,
        beyond_reach=False,
        order=SearchOrder.DISTANCE,
        page=Page(),
    )
    assert wide.within_km == 100 and around(wide.near, wide.within_km)
    assert replace(wide, radius_km=20).within_km == 20
    anybody = replace(wide, beyond_reach=True)
    assert anybody.within_km == 500 and not around(anybody.near, anybody.within_km)
