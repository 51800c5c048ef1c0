"""How rules say no: a sentence for the person who tried, tied to a field where there is one."""

from django.utils.functional import Promise


class NotAllowed(Exception):
    """Something is not in order now; `str()` is the sentence, `field` the form field it belongs to."""

    def __init__(self, message: str | Promise, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.field = field
