"""The sandbox: a stand-in for the outside world, so that the whole money path runs on a laptop.

MercadoPago's REST API and checkout page, a mailbox, a clock, faults on demand, and an oracle that
tells what really happened. It is a program of its own: it imports nothing else of Conectar.
"""

from conectar.sandbox.app import create_app
from conectar.sandbox.settings import SandboxSettings
from conectar.sandbox.world import World

__all__ = ["SandboxSettings", "World", "create_app"]
