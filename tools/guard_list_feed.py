"""The guards of the live feed and of the queue's room."""

from tools.guard import Guard

FEED = "src/conectar/adapters/inbound/http/feed.py"
NOTICES = "src/conectar/application/queries/notices.py"
LOOKS, HEARD = "tests/adapters/test_feed.py", "tests/http/test_feed.py"

FOLLOWED = (
    Guard(
        "feed: looks overlap",
        NOTICES,
        "OVERLAP = timedelta(seconds=5)",
        "OVERLAP = timedelta(0)",
        LOOKS,
    ),
    Guard(
        "feed: nothing twice in one stream",
        FEED,
        "if id not in self._known:",
        "if True:",
        LOOKS,
    ),
    Guard(
        "feed: a look goes back to the last one",
        FEED,
        "(self._looked_at or now) - OVERLAP",
        "now - OVERLAP",
        LOOKS,
    ),
    Guard(
        "feed: a look reads all of it",
        FEED,
        "if len(part) < FEED_MAX or",
        "if True or",
        LOOKS,
    ),
    Guard(
        "feed: nobody slow is waited for",
        FEED,
        "if self._waiting.qsize() > BEHIND_MAX:",
        "if False:",
        LOOKS,
    ),
    Guard(
        "feed: nobody follows a program that stops",
        FEED,
        "if self._ended:",
        "if False:",
        LOOKS,
    ),
    Guard(
        "feed: five streams a person",
        FEED,
        "for old in his[:-STREAMS_MAX]:",
        "for old in ():",
        HEARD,
    ),
    Guard(
        "queue: a crowd is given nothing more",
        "src/conectar/adapters/outbound/redis/queue.py",
        'count("queued") < CROWD',
        'count("queued") < 10**9',
        "tests/adapters/test_queue.py",
    ),
)
