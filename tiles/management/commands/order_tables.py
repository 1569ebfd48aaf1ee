from typing import Any

from django.core.management.base import BaseCommand

from tiles.vector.clustering import cluster, unclustered_models


class Command(BaseCommand):
    help = (
        "Put the rows of large layers in spatial order, so that tiles are drawn faster. Best done at night."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for model in unclustered_models():
            done = cluster(model)
            self.stdout.write(f"{model._meta.db_table}: {'ordered' if done else 'in use, left as it is'}")
