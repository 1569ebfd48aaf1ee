"""Drawn pictures that stand for the photographs of open cases; nobody's street, and they say so."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from layers.casework.access.actor import Actor
from layers.casework.evidence.content_store import store_file
from layers.casework.evidence.custody import EvidenceItem, add_evidence
from layers.casework.log.case_lock import silence_write_trigger
from layers.casework.log.event_log import DeviceReport, Entry, new_event, save_event
from layers.casework.models import Case, EventKind, Evidence, EvidenceKind

WIDTH, HEIGHT = 1280, 960
MOST = 60
INSPECTIONS = ("inspect", "inform", "verify_lead")
FACADES = ("#b9a48c", "#9fb0bd", "#c7b8a5", "#8fa08e", "#b58d7f")
WASTE = ("#6c5a45", "#8a6f4d", "#4f5a50", "#7a7f86")


def add_photos(fonts: Path, seed: int) -> int:
    """A picture for some of the open cases that have a handler, new and old ones; the number of pictures."""
    random = np.random.default_rng(seed)
    font = _font(fonts)
    cases = Case.objects.filter(closed=None, handler__isnull=False, evidence=None).select_related("handler")
    ordered = list(cases.order_by("-reported"))
    chosen = ordered[:: max(1, len(ordered) // MOST)]
    for case in chosen:
        content = _draw_photo(f"演示照片  {case.title}", case.reported, font, random)
        actor = Actor(case.handler.name, case.handler)  # type: ignore[union-attr]
        piece = EvidenceItem(
            file_name="演示照片.jpg",
            title=case.title,
            captured=case.reported,
            device="演示",
            partner=case.partner,
            report=DeviceReport(case.reported, case.geom, 8.0),
        )
        add_evidence(case.pk, piece, [content], actor)
    return len(chosen)


def add_old_photos(case: Case, fonts: Path, seed: int) -> None:
    """Two pictures of a case that went on long ago, as they came in at its inspection."""
    random = np.random.default_rng(seed)
    step = case.events.filter(step__in=INSPECTIONS).order_by("pk").first()
    if step is None or step.officer is None:
        return
    silence_write_trigger()
    for title in ("现场全景", "现场近景"):
        content = _draw_photo(f"演示照片  {case.title}  {title}", step.at, _font(fonts), random)
        stored = store_file([content])
        kept = Evidence.objects.create(
            case=case,
            kind=EvidenceKind.AUDIO_VISUAL,
            title=title,
            sha256=stored.sha256,
            size=stored.size,
            media_type="image/jpeg",
            file_name=f"{title}.jpg",
            captured=step.at - timedelta(minutes=20),
            received=step.at - timedelta(minutes=10),
            position=case.geom,
            accuracy=8.0,
            device="演示",
            officer=step.officer,
            partner=step.partner,
        )
        data = {"evidence": kept.pk, "act": "received", "sha256": kept.sha256, "findings": []}
        actor = Actor(step.officer.name, step.officer)
        save_event(new_event(case, actor, Entry(EventKind.EVIDENCE, data=data), kept.received))


def _font(fonts: Path) -> str:
    return str(next(iter(sorted(fonts.glob("*Regular.[ot]t[fc]")))))


def _draw_photo(caption: str, taken: datetime, font: str, random: np.random.Generator) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), "#c9d6df")
    draw = ImageDraw.Draw(image)
    horizon = int(random.integers(470, 560))
    _street(draw, horizon, random)
    _heap(draw, horizon, random)
    draw.rectangle((0, HEIGHT - 64, WIDTH, HEIGHT), fill="#22313c")
    draw.text((28, HEIGHT - 50), caption, font=ImageFont.truetype(font, 34), fill="#ffffff")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{taken:%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(0x8769)[0x9011] = "+00:00"
    out = BytesIO()
    image.save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()


def _street(draw: ImageDraw.ImageDraw, horizon: int, random: np.random.Generator) -> None:
    left = 0
    while left < WIDTH:
        wide, high = int(random.integers(140, 260)), int(random.integers(180, 400))
        draw.rectangle((left, horizon - high, left + wide, horizon), fill=str(random.choice(FACADES)))
        for y in range(horizon - high + 24, horizon - 40, 62):
            for x in range(left + 18, left + wide - 30, 52):
                draw.rectangle((x, y, x + 26, y + 34), fill="#5c7180")
        left += wide + 6
    draw.rectangle((0, horizon, WIDTH, HEIGHT), fill="#8d9196")
    draw.rectangle((0, horizon, WIDTH, horizon + 46), fill="#b4b3ab")
    for x in range(0, WIDTH, 170):
        draw.rectangle((x, horizon + 230, x + 90, horizon + 242), fill="#e9e7df")


def _heap(draw: ImageDraw.ImageDraw, horizon: int, random: np.random.Generator) -> None:
    middle = int(random.integers(350, 900))
    for _ in range(60):
        x, y = middle + float(random.normal(0, 85)), horizon + 90 + float(random.normal(0, 24))
        size = float(random.uniform(12, 46))
        box = (x - size, y - size * 0.7, x + size, y + size * 0.7)
        (draw.ellipse if random.random() < 0.5 else draw.rectangle)(box, fill=str(random.choice(WASTE)))
