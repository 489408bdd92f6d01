"""Programs die at named points, servers are pulled from the wall, the gateway lies; nothing is
lost, doubled, stuck or a cent off.
"""

import os
import random
import sys
from pathlib import Path

from conectar.sandbox.faults import API_FAULTS
from tests.campaign.checks import everything
from tests.campaign.faults import OF_TEN
from tests.campaign.place import Place, place
from tests.campaign.points import POINTS
from tests.campaign.storm import Campaign, campaign, plan

NUMBER = 200
SEED = int(os.environ.get("CAMPAIGN_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
SECONDS_A_POINT = 4
"""Far more than a quiet machine needs, which is one."""


def say(words: str) -> None:
    """To whoever runs it, at once."""
    sys.__stdout__.write(f"\n{words}\n")
    sys.__stdout__.flush()


def ran(town: Place, planned: list[str], seed: int, limit_s: float) -> Campaign:
    """A whole campaign with its verdict."""
    made, api = campaign(town, seed, planned, limit_s)
    made.problems += everything(api, town, made.stories)
    say(made.told())
    return made


def expect_nothing_lost(made: Campaign, points: int) -> None:
    """Every point fired, every fault came, and everything is as it must be."""
    assert made.never == []
    assert made.fired.total() == points
    assert made.events["deaths"] >= points
    assert made.gave_up == []
    assert made.problems == []
    assert [each for each in made.asked if each.startswith("500")] == []
    assert made.struck.keys() == API_FAULTS, "each fault, and each was survived"
    assert made.struck.total() >= OF_TEN * (made.calls // 10), "30 % of the gateway's calls"
    assert made.dropped
    assert made.asked["replayed"], "somebody asked again and got the first answer"
    assert made.events["postgresql"] and made.events["redis"] and made.events["flushall"]


def test_whoever_dies_anywhere_loses_and_doubles_nothing(tmp_path: Path) -> None:
    assert len(POINTS) >= 25
    say(f"CAMPAIGN_SEED={SEED}")
    planned = plan(random.Random(SEED), NUMBER)
    with place(tmp_path) as town:
        made = ran(town, planned, SEED, 60 + SECONDS_A_POINT * NUMBER)
    expect_nothing_lost(made, NUMBER)
