"""Images: whole, of a size that can be shown, and what they tell about where they were taken."""

from collections.abc import Callable
from pathlib import Path

from PIL import ExifTags, Image, UnidentifiedImageError

from helsefellesskap.untrusted.limits import Refused

PIXELS = 100_000_000
EXTENSIONS = {
    "PNG": "png",
    "JPEG": "jpg",
    "MPO": "jpg",
}  # MPO: a JPEG with more than one picture, as telephones take
Image.MAX_IMAGE_PIXELS = None  # the limit below says it with a sentence


def inspect(path: Path, say: Callable[..., None]) -> None:
    try:
        with Image.open(path, formats=["PNG", "JPEG"]) as image:
            if image.width * image.height > PIXELS:
                raise Refused("too_many_pixels", width=image.width, height=image.height)
            extension = EXTENSIONS[image.format or ""]
            has_place = bool(image.getexif().get_ifd(ExifTags.IFD.GPSInfo))
            image.load()
    except Refused:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError, MemoryError) as error:
        raise Refused("damaged") from error
    say(extension=extension, pages=None)
    say(finding="image")
    if has_place:
        say(finding="place")
