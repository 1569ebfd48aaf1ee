"""Dates by month name, as they are read the same everywhere; https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#date."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
