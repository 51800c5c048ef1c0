"""Every page of the portfolio, by name, as each kind of visitor meets it on the worked-on demo partnership."""

from accounts.models import Organisation
from portfolio.models import Initiative, StatusReport

PUBLIC = {
    "oversikt": "/",
    "tiltak": "/tiltak/",
    "tiltak-side-2": "/tiltak/?side=2",
    "tiltak-filter": "/tiltak/?omrade=bo-trygt-hjemme&fase=losning&q=e",
    "tiltak-sortert": "/tiltak/?status=ukjent&sorter=-meldt",
    "tiltak-ingen-treff": "/tiltak/?q=finnesikke",
    "tiltak-ett": "/tiltak/{lead}/",
    "tiltak-uten-status": "/tiltak/tilleggstiltak-0/",
    "tiltak-arkivert": "/tiltak/arkivert-tiltak/",
    "handlingsdel": "/handlingsdel/",
    "handlingsdel-dag": "/handlingsdel/?dato=2025-06-30",
    "handlingsdel-tom": "/handlingsdel/?dato=2001-01-01",
    "handlingsdel-feil": "/handlingsdel/?dato=tull",
    "endringer": "/handlingsdel/?fra=2025-03-01&til=2025-06-30",
    "endringer-ingen": "/handlingsdel/?fra=2025-06-29&til=2025-06-30",
    "endringer-feil": "/handlingsdel/?fra=2025-06-30&til=2025-03-01",
    "utgaver": "/handlingsdel/utgaver/",
    "utgave": "/handlingsdel/utgaver/1/",
    "programomrader": "/programomrader/",
    "programomrade": "/programomrader/bo-trygt-hjemme/",
    "satsingsomrader": "/satsingsomrader/",
    "satsingsomrade": "/satsingsomrader/nye-digitale-tjenester/",
    "organisasjoner": "/organisasjoner/",
    "organisasjon": "/organisasjoner/{organisation}/",
    "logg-inn": "/konto/login/?next=/tiltak/",
    "glemt-passord": "/konto/passord/nytt/",
    "ukjent-adresse": "/finnes-ikke/",
    "serverfeil": "/feil/",
}
EDITOR_PAGES = {
    "oversikt": "/",
    "tiltak": "/tiltak/",
    "tiltak-nytt": "/tiltak/ny/",
    "tiltak-ett": "/tiltak/{lead}/",
    "tiltak-uavklart": "/tiltak/{unmapped}/",
    "tiltak-internt": "/tiltak/internt-tiltak/",
    "tiltak-rediger": "/tiltak/{lead}/rediger/",
    "tiltak-status": "/tiltak/{lead}/status/",
    "tiltak-ta-ut": "/tiltak/{lead}/ta-ut/",
    "tiltak-ta-inn": "/tiltak/arkivert-tiltak/ta-inn/",
    "felles-status": "/tiltak/status/felles/?tiltak=1&tiltak=2",
    "handlingsdel": "/handlingsdel/",
    "utgave": "/handlingsdel/utgaver/1/",
    "utgave-ny": "/handlingsdel/utgaver/ny/",
    "programomrader": "/programomrader/",
    "programomrade": "/programomrader/bo-trygt-hjemme/",
    "programomrade-nytt": "/programomrader/ny/",
    "programomrade-rediger": "/programomrader/bo-trygt-hjemme/rediger/",
    "passord": "/konto/passord/",
    "logg-ut": "/konto/logout/",
}
CONTRIBUTOR_PAGES = {
    "oversikt": "/",
    "tiltak": "/tiltak/?q=team",
    "tiltak-sendt-inn": "/tiltak/{lead}/",
    "tiltak-utkast": "/tiltak/{lead_too}/",
    "meld": "/tiltak/{lead_too}/meld/",
    "ingen-tilgang": "/tiltak/ny/",
}
REFUSED = {
    "handlingsdel-feil": 422,
    "endringer-feil": 422,
    "ukjent-adresse": 404,
    "serverfeil": 500,
    "ingen-tilgang": 403,
}


def address(pattern: str) -> str:
    """The pattern with the rows of the database that it speaks of."""
    lead, lead_too = Initiative.objects.filter(project_lead__isnull=False).order_by("pk")[:2]
    unmapped = StatusReport.objects.filter(needs_mapping=True)[0].initiative
    return pattern.format(
        lead=lead.slug,
        lead_too=lead_too.slug,
        unmapped=unmapped.slug,
        organisation=Organisation.objects.get(name="Valdres").public_id,
    )
