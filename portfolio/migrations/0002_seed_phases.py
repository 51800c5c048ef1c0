from django.db import migrations

PHASES = [
    ("oppstart", "Oppstart", "Starte godt: felles forståelse, likeverd og samsvar med samarbeidsavtalen."),
    ("innsikt", "Innsikt", "Finne ut hva som er det rette behovet å løse, sammen med dem det gjelder."),
    ("losning", "Løsning", "Utvikle og prøve ut en løsning som er bærekraftig og til nytte for innbyggeren."),
    ("drift", "Drift", "Avklare bredding, ta i bruk, og lære av hverandre."),
]


def seed(apps, schema_editor):
    phase = apps.get_model("portfolio", "Phase")
    for order, (code, name, description) in enumerate(PHASES, start=1):
        phase.objects.get_or_create(
            code=code, defaults={"name": name, "order": order, "description": description}
        )


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
