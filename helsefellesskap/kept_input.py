"""What a person had typed when the session turned out to be over, kept until they have signed in again."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

KEY = "kept_input"
LIMIT = 64_000  # characters; a longer text is not kept, so that nobody can fill the database unsigned


@dataclass(frozen=True)
class Typed:
    """The input of a form: posted now, kept from before the sign-in (`is_kept`), or none yet."""

    data: QueryDict | None
    is_kept: bool


def keep(request: HttpRequest) -> None:
    """Remember the posted form for its address."""
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    encoded = data.urlencode()
    if data and len(encoded) <= LIMIT:
        request.session[KEY] = {"path": request.path, "data": encoded}


def read(request: HttpRequest) -> Typed:
    """What the form of this address is filled with; what was kept is handed out once."""
    if request.method == "POST":
        return Typed(request.POST, is_kept=False)
    kept = request.session.get(KEY)
    if not kept or kept["path"] != request.path:
        return Typed(None, is_kept=False)
    del request.session[KEY]
    return Typed(QueryDict(kept["data"]), is_kept=True)
