"""A thousand programs die at named points while people work: what is lost, doubled, or a cent off?

The campaign of the tests, five times as long: in the same town, with the same storm and the same
questions at the end. The seed is printed; it decides what dies, not when.

    python -m bench.campaign [points] [seed]
"""

import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.campaign.place import place
from tests.campaign.storm import QUIET_S, plan
from tests.campaign.test_campaign import SECONDS_A_POINT, expect_nothing_lost, ran, say

POINTS = 1000


def main(points: int = POINTS, seed: int = 0) -> None:
    """Fails with the first thing that is not as it must be."""
    seed = seed or random.SystemRandom().randrange(1, 10**9)
    planned = plan(random.Random(seed), points)
    with TemporaryDirectory() as folder, place(Path(folder)) as town:
        made = ran(town, planned, seed, 60 + SECONDS_A_POINT * points)
    expect_nothing_lost(made, points)
    rest = max(made.seconds["quiet"], made.seconds["quiet after the clock"])
    say(f"at rest after {rest:.1f} s, limit {QUIET_S:.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
