"""pygeoapi's answers without the links to what this door does not offer."""

import json
from typing import Any

NOT_OFFERED = ("/processes", "/jobs", "/TileMatrixSets", "f=jsonld", "/openapi?f=html")
NOT_CONFORMING = ("/conf/html", "/conf/create-replace-delete")


def without_links_elsewhere(content: str) -> str:
    document = json.loads(content)
    for part in (document, *document.get("collections", ())):
        if "links" in part:
            part["links"] = [link for link in part["links"] if _offered(link)]
    if "conformsTo" in document:
        document["conformsTo"] = [c for c in document["conformsTo"] if not c.endswith(NOT_CONFORMING)]
    return json.dumps(document, ensure_ascii=False)


def _offered(link: dict[str, Any]) -> bool:
    return not any(part in link["href"] for part in NOT_OFFERED)
