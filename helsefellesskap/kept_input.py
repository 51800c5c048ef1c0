"""What a person had typed when the session turned out to be over, kept until they have signed in again."""

from django.http import HttpRequest, QueryDict

KEY = "kept_input"
LIMIT = 64_000  # characters; a longer text is not kept, so that nobody can fill the database unsigned


def keep(request: HttpRequest) -> None:
    """Remember the posted form for its address."""
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    encoded = data.urlencode()
    if data and len(encoded) <= LIMIT:
        request.session[KEY] = {"path": request.path, "data": encoded}


def take(request: HttpRequest) -> QueryDict | None:
    """The form kept for this address, once; None when there is none."""
    kept = request.session.get(KEY)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[KEY]
    return QueryDict(kept["data"])
