"""The servers that tests need, each their own, on free ports of loopback, gone with the session.

Each is named by an environment variable, or started from installed binaries, or installed first
where that may be done. In the end the one line to run is said: nothing is skipped.
"""
