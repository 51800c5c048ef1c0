"""What the writers of a newsletter have written, as a short text that differs when that does."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict

from newsletters.models import Newsletter


def fingerprint(newsletter: Newsletter) -> str:
    """Of the texts, choices, pictures and attachments: what is approved.

    What live blocks fetch is not part of it: the portfolio goes on while a newsletter waits to be approved.
    """
    pictures: dict[int, list[list[str]]] = defaultdict(list)
    for picture in newsletter.pictures.all():
        pictures[picture.block_id].append([picture.sha256, picture.alt, picture.caption])
    said = {
        "facts": [
            newsletter.title,
            newsletter.period,
            str(newsletter.as_of or ""),
            newsletter.correction_note,
        ],
        "blocks": [
            [
                block.kind,
                block.heading,
                block.is_sub,
                block.body,
                block.settings,
                pictures[block.pk],
            ]
            for block in newsletter.blocks.all()
        ],
        "attachments": [[file.title, file.sha256] for file in newsletter.attachments.all()],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
