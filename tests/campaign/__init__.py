"""The crash campaign: programs that die at named points of their code while people work, Redis is
emptied, PostgreSQL and Redis are pulled from the wall, and the gateway answers nonsense. Then all
of it heals, and nothing may be lost, doubled, stuck or a cent off.
"""
