"""What the triggers of ``sql/`` heed that keep the log: nothing is changed or removed, everything is sealed."""

VERB_SETTING = "geoportal.acting"
"""The setting by which a verb says, for its transaction, that it tells of its changes itself."""
