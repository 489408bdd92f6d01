"""What is true of jobs, money and people, whoever asks and wherever it is stored.

Standard library only. Nothing here reads a clock, makes an id, logs or waits: time, ids and the
actor are arguments, and a decision returns what comes next together with what happened.
"""
