"""What newsletters in work are checked for, in the order of the page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

CHECKS: list[tuple[str, str | Promise, str | Promise, bool]] = [
    (
        "newsletter_link_rewritten",
        gettext_lazy("Lenke skrevet om av en e-postskanner"),
        gettext_lazy(
            "Lenken går om et filter, forteller hvem som klikket, og slutter å virke. Sett inn den opprinnelige."
        ),
        True,
    ),
    ("newsletter_link_dead", gettext_lazy("Død lenke"), gettext_lazy("Siden finnes ikke lenger."), True),
    (
        "newsletter_link_silent",
        gettext_lazy("Lenke som ikke svarte"),
        gettext_lazy("Serveren svarte ikke da vi prøvde. Prøv lenken selv."),
        False,
    ),
    (
        "newsletter_picture_without_text",
        gettext_lazy("Bilde uten tekst"),
        gettext_lazy("Den som ikke ser bildet, må få vite hva det viser (WCAG 1.1.1)."),
        True,
    ),
    (
        "newsletter_attachment_missing",
        gettext_lazy("Vedlegg mangler"),
        gettext_lazy("Brevet varsler et vedlegg som ikke er lastet opp."),
        True,
    ),
    (
        "newsletter_attachment_serious",
        gettext_lazy("Vedlegg som ikke bør publiseres"),
        gettext_lazy("Filen inneholder noe som ikke hører hjemme på nettet."),
        True,
    ),
    (
        "newsletter_date_broken",
        gettext_lazy("Dato som ikke finnes"),
        gettext_lazy("Leseren kan ikke vite hvilken dag som menes."),
        True,
    ),
    (
        "newsletter_period_contradicts",
        gettext_lazy("År eller periode som motsier seg selv"),
        gettext_lazy("Perioden slutter før den begynner, eller året stemmer ikke med innholdet."),
        True,
    ),
    (
        "newsletter_national_id",
        gettext_lazy("Fødselsnummer"),
        gettext_lazy("Fødselsnummer skal aldri på nettet (offentlegforskrifta § 7)."),
        True,
    ),
    (
        "newsletter_meeting_held",
        gettext_lazy("Teksten viser til et møte som er holdt"),
        gettext_lazy("Noe omtales som kommende, men møtet er over."),
        True,
    ),
    (
        "newsletter_decision_not_made",
        gettext_lazy("Teksten viser til et vedtak som ikke er gjort"),
        gettext_lazy("Møtet som skal ha vedtatt det, er ikke holdt."),
        True,
    ),
    (
        "newsletter_contradicts_portfolio",
        gettext_lazy("Teksten og handlingsdelen sier ikke det samme"),
        gettext_lazy(
            "Den ene sier at arbeidet er avsluttet, den andre at det er i gang. Rett den som tar feil."
        ),
        True,
    ),
    (
        "newsletter_name_misspelt",
        gettext_lazy("Navn skrevet på to måter"),
        gettext_lazy("Et navn står annerledes her enn i registeret."),
        False,
    ),
    (
        "newsletter_block_empty",
        gettext_lazy("Tom blokk"),
        gettext_lazy(
            "Leseren får en overskrift uten noe under. Skriv noe, velg hva som skal vises, eller ta den ut."
        ),
        True,
    ),
    (
        "newsletter_deadline_passed",
        gettext_lazy("Fristen er ute"),
        gettext_lazy("Teksten ber om noe innen en dag som har vært."),
        True,
    ),
    (
        "newsletter_block_unchanged",
        gettext_lazy("Samme tekst som forrige gang"),
        gettext_lazy("Teksten sto ordrett i forrige nyhetsbrev. Se over at den fortsatt stemmer."),
        False,
    ),
    (
        "newsletter_as_of_old",
        gettext_lazy("Tabellene er gamle"),
        gettext_lazy("Tabeller, møter og frister vises slik de var en dag for lenge siden."),
        False,
    ),
]
"""Code, title, why it matters, and whether it stops publication."""
