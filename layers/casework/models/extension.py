"""What cases of one family keep besides what all cases keep."""

from django.db import models

from .case import Case


class CaseExtension(models.Model):
    """A base for the one model that a room registers with its case type; a row comes when something is written to it.

    ``case.<name of the model in small letters>`` leads to it, and so do the paths of the layer's attributes.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="%(class)s")

    class Meta:
        abstract = True
