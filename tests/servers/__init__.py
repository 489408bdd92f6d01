"""The servers that tests need, each their own, on free ports of loopback, gone with the session.

Each is named by an environment variable (but for those that a test breaks), or started from
installed programs, or out of Docker's images where an engine answers, or installed first where that
may be done. In the end the one line to run is said: nothing is skipped.
"""
