"""What people are told about a file: why it is not taken, or what they should mend."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REFUSALS: dict[str, str | Promise] = {
    "busy": gettext_lazy(
        "«%(name)s» er ikke lagret, fordi mange filer kontrolleres akkurat nå. Prøv igjen om litt."
    ),
    "empty": gettext_lazy("«%(name)s» er tom. Sjekk at filen er lagret, og last den opp på nytt."),
    "type": gettext_lazy(
        "«%(name)s» er av en type vi ikke tar imot. Bruk PDF, Word (docx), Excel (xlsx), PowerPoint (pptx), "
        "OpenDocument (odt) eller et bilde (png, jpg)."
    ),
    "disguised": gettext_lazy(
        "Navnet «%(name)s» slutter på «%(said)s», men innholdet er «%(found)s». Gi filen riktig navn, eller lagre den som PDF."
    ),
    "old_office": gettext_lazy(
        "«%(name)s» er lagret i et eldre Office-format. Lagre den som docx, xlsx, pptx eller PDF, og last den opp på nytt."
    ),
    "macros": gettext_lazy(
        "«%(name)s» inneholder makroer. Lagre den uten makroer (docx, xlsx eller pptx) eller som PDF, og last den opp på nytt."
    ),
    "password": gettext_lazy(
        "«%(name)s» er beskyttet med passord, så ingen kan lese den. Fjern passordet, og last den opp på nytt."
    ),
    "damaged": gettext_lazy(
        "«%(name)s» er skadet og kan ikke åpnes. Lagre den på nytt fra programmet den er laget i, og last den opp igjen."
    ),
    "unreadable": gettext_lazy(
        "«%(name)s» lot seg ikke kontrollere og er ikke lagret. Skriv den ut til PDF, og last opp PDF-en."
    ),
    "bomb": gettext_lazy(
        "«%(name)s» pakkes ut til mye mer enn en vanlig fil og er ikke lagret. Skriv den ut til PDF, og last opp PDF-en."
    ),
    "active": gettext_lazy(
        "«%(name)s» inneholder et skript eller en handling som starter et program. Skriv den ut til PDF på nytt, og last opp den PDF-en."
    ),
    "form_program": gettext_lazy(
        "«%(name)s» er et skjema (XFA) som bare noen få programmer kan vise. Skriv det ut til PDF, og last opp den PDF-en."
    ),
    "program_inside": gettext_lazy(
        "«%(name)s» har et program eller en ukjent fil inni seg. Fjern den innebygde filen, og last opp på nytt."
    ),
    "too_many_pixels": gettext_lazy(
        "«%(name)s» er for stort: %(width)s × %(height)s bildepunkter. Lagre bildet mindre, og last det opp på nytt."
    ),
}
FINDINGS: dict[str, str | Promise] = {
    "no_text": gettext_lazy(
        "Filen har ingen tekst som kan leses opp, kopieres eller kontrolleres. Er den skannet, må den tekstgjenkjennes (OCR)."
    ),
    "pages_without_text": gettext_lazy(
        "Disse sidene er bilder uten tekst som kan leses opp eller kontrolleres: %(pages)s."
    ),
    "untagged": gettext_lazy(
        "PDF-en mangler koder for overskrifter, lister og tabeller, så den er vanskelig å lese med skjermleser. Lagre den på nytt med «kodet PDF»."
    ),
    "untitled": gettext_lazy("PDF-en mangler tittel i dokumentegenskapene."),
    "no_language": gettext_lazy("PDF-en sier ikke hvilket språk den er skrevet på."),
    "encrypted": gettext_lazy(
        "PDF-en er kryptert med begrensninger. Den kan leses, men kanskje ikke av skjermlesere, og den kan ikke arkiveres slik."
    ),
    "repaired": gettext_lazy("PDF-en er skadet. Den lot seg åpne, men se etter at alt er med."),
    "files_inside": gettext_lazy(
        "Det ligger andre filer inni filen. De er ikke kontrollert, og leserne ser dem kanskje ikke."
    ),
    "comments": gettext_lazy("Filen inneholder kommentarer, som alle som åpner den, kan lese."),
    "tracked_changes": gettext_lazy(
        "Filen inneholder sporede endringer: den som åpner den, kan se hva som er strøket, og av hvem."
    ),
    "hidden_sheets": gettext_lazy("Arbeidsboken har skjulte ark, som alle som åpner den, kan hente fram."),
    "image": gettext_lazy("Et bilde trenger en tekst som sier det samme, for dem som ikke ser det."),
    "place": gettext_lazy("Bildet forteller hvor det er tatt (GPS). Fjern det hvis ingen skal vite det."),
    "national_id": gettext_lazy(
        "Filen ser ut til å inneholde et fødselsnummer. Det må bort før filen kan publiseres."
    ),
    "unchecked": gettext_lazy(
        "Filen var for tung til å leses helt. Se selv etter at den ikke inneholder fødselsnummer eller annet som er unntatt."
    ),
    "long": gettext_lazy("Filen er svært lang: søket finner bare i begynnelsen av den."),
}


def refusal(code: str, **details: Any) -> str:
    return str(REFUSALS[code]) % details


def finding(code: str, **details: Any) -> str:
    sentence = str(FINDINGS[code])
    if code == "pages_without_text":
        return sentence % {"pages": _numbers(details["pages"])}
    if page := details.get("page"):
        where = {
            "national_id": _("Se side %(page)s."),
            "unchecked": _("Den er lest til og med side %(page)s."),
        }
        sentence = f"{sentence} {where[code] % {'page': page}}"
    return sentence


def _numbers(numbers: list[int]) -> str:
    """2, 4–7, 9: whole stretches as one."""
    stretches: list[list[int]] = []
    for number in numbers:
        if stretches and stretches[-1][-1] == number - 1:
            stretches[-1][1:] = [number]
        else:
            stretches.append([number])
    shown = ["–".join(map(str, stretch)) for stretch in stretches[:10]]
    return ", ".join(shown) + (" …" if len(stretches) > len(shown) else "")
