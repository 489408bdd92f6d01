"""Connections, by how long their callers can wait."""

from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

QUICK_S = 0.25
"""For what a request waits for."""
PATIENT_S = 3.0
"""For the queue, where a worker waits for its next job."""
FAILURES = (RedisError, OSError, TimeoutError)
"""Whatever can become of a call."""


class Refused(Exception):
    """It is there and does not let us in, which does not pass by itself."""


def quick(url: str) -> Redis:
    """For copies and wake-up calls."""
    return _connected(url, QUICK_S)


def patient(url: str) -> Redis:
    """For the queue."""
    return _connected(url, PATIENT_S)


async def answers(redis: Redis) -> bool:
    """Whether somebody is there; raises Refused, and what else came of asking."""
    answer = redis.ping()
    try:
        return answer if isinstance(answer, bool) else bool(await answer)
    except (AuthenticationError, NoPermissionError) as error:
        raise Refused("Redis refuses the password or the user") from error


def _connected(url: str, seconds: float) -> Redis:
    return Redis.from_url(
        url, socket_timeout=seconds, socket_connect_timeout=seconds, health_check_interval=15
    )
