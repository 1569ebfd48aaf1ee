from django.db.models import Q

from ..registry.declaration.group import BASE
from ..registry.declaration.layer import Attribute, Geometry, Layer
from ..registry.declaration.symbology import Symbology
from ..registry.registration import register
from ..registry.text import Text
from .models import HeightTile, Terrain

register(
    Layer(
        name="terrain",
        model=Terrain,
        title=Text("地形", "Terrain"),
        summary=Text("地面高程；三维地图立于其上", "Elevation of the ground; the 3D map stands on it"),
        geometry=Geometry.POLYGON,
        group=BASE,
        title_attribute="name",
        attributes=(
            Attribute("name", in_tiles=True),
            Attribute("resolution", unit="m"),
            Attribute("lowest", unit="m"),
            Attribute("highest", unit="m"),
            Attribute("vertical_datum"),
            Attribute("delivered_crs"),
            Attribute("zoom"),
        ),
        card=("resolution", "lowest", "highest", "vertical_datum"),
        rows=Q(replaced_by=None),
        symbology=Symbology("#8a7f6a", outline="#8a7f6a", width=1.0, opacity=0.0, dash=(4.0, 4.0)),
        min_zoom=8,
        shown=True,
        heights=HeightTile,
    )
)
