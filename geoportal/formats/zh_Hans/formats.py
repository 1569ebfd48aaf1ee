"""Numbers in groups of three, as statistical yearbooks print them."""

NUMBER_GROUPING = 3
THOUSAND_SEPARATOR = ","
