"""One verified set of the database, evidence, uploads, keys and configuration, and the way back."""
