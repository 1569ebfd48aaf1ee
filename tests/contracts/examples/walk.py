"""Does in a process of its own what a reader of the documents would do, and prints what came of it."""

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

FILE = "code|pressure|lon|lat\n消火栓一|250|121.84|29.90\n消火栓二|150|121.85|29.90\n"
NEAR = "/hydrants/nearest/?at=121.849,29.9"


def main(folder: Path) -> dict[str, Any]:
    django.setup()
    from django.test import Client

    from layers.jobs.models import Job
    from tests.job_worker import work_off

    settings.ALLOWED_HOSTS = ["testserver"]
    for addition in (folder / "added").iterdir():
        if addition.name != "geoportal.settings":
            exec(addition.read_text(), vars(import_module(addition.name)))  # noqa: S102  our own document
    call_command("makemigrations", "hydrants", verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("publish_layers", verbosity=0)
    call_command("check", databases=["default"], fail_level="WARNING")
    file = folder / "hydrants.psv"
    file.write_text(FILE)
    words = {"layer": "hydrants", "source_crs": "EPSG:4490", "anywhere": True}
    call_command("import_layer", str(file), **words, verbosity=0)
    exec((folder / "begin").read_text(), {})  # noqa: S102
    work_off()
    job = Job.objects.get(key="hydrants")

    def ask(address: str) -> Any:
        return Client(headers={"accept": "application/json"}).get(address).json()

    entry = next(each for each in ask("/layers/")["layers"] if each["name"] == "hydrants")
    return {
        "columns": [attribute["name"] for attribute in entry["attributes"]],
        "count": entry["count"],
        "list": sorted(item["title"] for item in ask("/hydrants/")["items"]),
        "search": sorted(result["title"] for result in ask("/search/?q=xiaohuoshuan")["results"]),
        "nearest": ask(NEAR)["nearest"],
        "job": [job.state, job.result],
        "admin": Client().get("/admin/hydrants/hydrant/").status_code,
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(os.environ["GEOPORTAL_EXAMPLES"]))))
