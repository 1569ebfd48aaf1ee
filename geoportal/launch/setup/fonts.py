"""A font file with mainland glyph forms: MapServer takes the first face of a collection, which is the Japanese one."""

import sys
from pathlib import Path

from geoportal.launch.errors import Refusal

# Debian package fonts-noto-cjk (SIL Open Font License 1.1), each a collection of one face per region.
COLLECTIONS = Path("/usr/share/fonts/opentype/noto")
FACES = {
    "NotoSansCJKsc-Regular.otf": ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
    "NotoSansCJKsc-Bold.otf": ("NotoSansCJK-Bold.ttc", "Noto Sans CJK SC Bold"),
}


def absent(folder: Path) -> list[str]:
    return [name for name in FACES if not (folder / name).is_file()]


def extract(folder: Path) -> None:
    """Runs inside .venv, where fontTools is."""
    from fontTools.ttLib import TTCollection  # not there before .venv is filled

    folder.mkdir(parents=True, exist_ok=True)
    for name in absent(folder):
        collection, face = FACES[name]
        with TTCollection(str(COLLECTIONS / collection), lazy=True) as fonts:
            chosen = [font for font in fonts if font["name"].getDebugName(4) == face]
            if not chosen:
                raise Refusal(
                    f"{COLLECTIONS / collection} holds no face named {face}; reinstall fonts-noto-cjk."
                )
            draft = folder / f"{name}.new"
            chosen[0].save(str(draft))
        draft.replace(folder / name)


if __name__ == "__main__":
    try:
        extract(Path(sys.argv[1]))
    except Refusal as refusal:
        sys.exit(str(refusal))
