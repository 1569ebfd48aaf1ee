"""The layer registry: declare a layer once, and every door follows."""
