"""An officer's phone in the browser: signed in, installed, with a camera and a position."""

import re
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import Error, FilePayload, Page, expect

from layers.casework.models import Case
from tests.browser.conftest import STEP, Visit, begin_session
from tests.field.conftest import HERE, make_accounts

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "locale": "en-US",
    "geolocation": {"longitude": HERE["lon"], "latitude": HERE["lat"], "accuracy": 12},
    "permissions": ["geolocation"],
}
Begin = Callable[..., Visit]
LONG = 60_000  # milliseconds
GPS = {1: "N", 2: (29.0, 54.0, 1.8), 3: "E", 4: (121.0, 50.0, 25.8)}


def picture(number: int = 0, *, exif: bool = True, size: tuple[int, int] = (800, 600)) -> FilePayload:
    """A photo as a camera makes it, turned on its side; each of its own content."""
    image = Image.new("RGB", size, (number * 11 % 256, number * 7 % 256, 120))
    said = Image.Exif()
    if exif:
        said[0x010F], said[0x0110], said[0x0112] = "Maker", "Phone 7", 6
        said.get_ifd(0x8769)[0x9003] = "2026:11:24 08:00:00"
        said.get_ifd(0x8825).update(GPS)
    out = BytesIO()
    image.save(out, "JPEG", exif=said)
    return {"name": f"photo-{number}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def video(size: int = 2_500_000) -> FilePayload:
    """As large as a few seconds, with the beginning of an MP4."""
    head = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
    return {"name": "clip.mp4", "mimeType": "video/mp4", "buffer": head + bytes(size - len(head))}


def sign_in(page: Page, root: str, name: str = "first") -> None:
    begin_session(page.context, root, name)
    page.goto(f"{root}/field/", timeout=STEP)
    ready(page)


def ready(page: Page) -> None:
    """Kept for when there is no network, and where the device is known."""
    expect(page.locator("#category")).to_be_attached()
    until(page, "navigator.serviceWorker.controller !== null")
    expect(page.locator("#pin-status")).to_contain_text("±")


def begin(seen: Visit, name: str = "first") -> Page:
    make_accounts()
    sign_in(seen.page, seen.root, name)
    return seen.page


def log_case(
    page: Page, number: int = 0, category: str = "exposed_garbage", procedure: str = "urban"
) -> None:
    page.evaluate("location.hash = '#log'")
    expect(page.locator("#procedure")).to_be_visible()
    expect(page.locator("#pin-status")).to_contain_text("±")
    page.locator("form.log input[accept='image/*']").set_input_files(picture(number))
    expect(page.locator(".thumbs img")).to_have_count(1)
    page.locator("#procedure").select_option(procedure)
    page.locator("#category").select_option(category)
    page.locator("#note").fill(f"finding {number}")
    page.locator("form.log [type=submit]").click()
    expect(page.locator("#queue")).to_be_visible()


def on_device(page: Page, count: int, timeout: float = STEP) -> None:
    expect(page.locator("#count")).to_have_text(re.compile(rf"^{count} on this device"), timeout=timeout)


def until(page: Page, condition: str, timeout: int = STEP) -> None:
    """Asked for again and again from outside: the page's policy lets nothing be evaluated inside."""
    for _ in range(timeout // 200):
        with suppress(Error):  # the page was just leaving
            if page.evaluate(condition):
                return
        page.wait_for_timeout(200)
    raise AssertionError(condition)


def logged() -> list[Case]:
    return list(Case.objects.filter(key__isnull=False).order_by("pk"))


def offline(page: Page, *, cut: bool = True) -> None:
    page.context.set_offline(cut)


def only_sent(page: Page, category: str) -> Case:
    """The case that was logged here, once it is there with the number it was given."""
    expect(page.locator("#sent")).to_contain_text(category)
    on_device(page, 0)
    [case] = logged()
    expect(page.locator("#sent")).to_contain_text(case.number)
    return case
