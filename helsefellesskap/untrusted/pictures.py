"""A program: a picture on standard output, no wider than asked for, and without what it tells of camera and place."""

import io
import sys

from PIL import Image, ImageOps

from helsefellesskap.untrusted.limits import limit_process

TALLEST = 2  # times the width


def smaller(path: str, width: int) -> bytes:
    with Image.open(path, formats=["PNG", "JPEG"]) as picture:
        kind = "PNG" if picture.format == "PNG" else "JPEG"
        upright = ImageOps.exif_transpose(picture)
        plain = upright.convert("RGBA" if kind == "PNG" and upright.has_transparency_data else "RGB")
        plain.thumbnail((width, TALLEST * width))
        clean = Image.new(plain.mode, plain.size)
        clean.paste(plain)
        file = io.BytesIO()
        clean.save(file, kind, optimize=True, **({"quality": 85} if kind == "JPEG" else {}))
        return file.getvalue()


def main(path: str, width: str) -> None:
    limit_process()
    sys.stdout.buffer.write(smaller(path, int(width)))


if __name__ == "__main__":
    main(*sys.argv[1:])
