"""The case kernel: procedures as data, steps, time limits, evidence, the log and publication."""
