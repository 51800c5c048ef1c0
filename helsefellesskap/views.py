"""The overview, what is not in order, and the operator's two questions; they know only the registries."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from helsefellesskap.findings import checks, results_for, tally
from helsefellesskap.http import Request
from helsefellesskap.panels import panels_for


@login_not_required
@require_safe
def home(request: Request) -> HttpResponse:
    return render(request, "home.html", {"panels": panels_for(request)})


@require_safe
def quality(request: Request) -> HttpResponse:
    """What is not in order, of all that this person may mend or follow."""
    code = request.GET.get("kontroll", "")
    chosen = next((check for check in checks() if check.code == code), None)
    if code and chosen is None:
        raise Http404
    results = results_for(request.user, today=timezone.localdate())
    context = {
        "tally": tally(results),
        "results": results,
        "shown": [result for result in results if chosen in (None, result.check)],
        "chosen": chosen,
    }
    return render(request, "quality.html", context)


@login_not_required
@require_safe
def favicon(request: Request) -> HttpResponse:
    """Browsers ask for it here on pages that name no icon."""
    return redirect(static("img/favicon.svg"))


@login_not_required
@require_safe
def live(request: Request) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: Request) -> HttpResponse:
    """The database answers too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
