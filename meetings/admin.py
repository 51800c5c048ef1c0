"""Bodies and seats; the work itself is done on its own pages."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest

from accounts.admin import ReferenceAdmin
from meetings.models import Body, Seat
from meetings.rules import NotAllowed
from meetings.rules.attendance import check_one_leader, seat_warnings


@admin.register(Body)
class BodyAdmin(ReferenceAdmin):
    list_display = ["name", "short_name", "level", "decision_rule", "valid_from", "valid_to"]
    search_fields = ["name", "short_name"]


class SeatForm(forms.ModelForm[Seat]):
    """A seat; the body has one leader at a time."""

    class Meta:
        model = Seat
        fields = ["body", "person", "organisation", "role", "side", "deputy_for", "valid_from", "valid_to"]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if not self.errors and data.get("body"):
            try:
                check_one_leader(self._as_asked(data), _others(self.instance, data["body"]))
            except NotAllowed as refusal:
                self.add_error(refusal.field, str(refusal))
        return data

    def _as_asked(self, data: dict[str, Any]) -> Seat:
        return Seat(pk=self.instance.pk, **{name: data.get(name) for name in self.Meta.fields})


@admin.register(Seat)
class SeatAdmin(ReferenceAdmin):
    form = SeatForm
    list_display = ["person", "body", "role", "side", "organisation", "valid_from", "valid_to"]
    list_filter = ["body", "role", "side"]
    search_fields = ["person__name", "person__email"]

    def save_model(
        self,
        request: HttpRequest,
        obj: models.Model,
        form: forms.ModelForm[Any],
        change: bool,  # noqa: FBT001 -- Django's signature
    ) -> None:
        super().save_model(request, obj, form, change)
        assert isinstance(obj, Seat)  # noqa: S101 -- registered for it
        for sentence in seat_warnings(obj, _others(obj, obj.body)):
            messages.warning(request, sentence)


def _others(seat: Seat, body: Body) -> list[Seat]:
    return list(Seat.objects.filter(body=body).exclude(pk=seat.pk).select_related("person"))
