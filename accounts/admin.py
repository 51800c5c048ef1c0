"""Users, organisations and the log, for the administrator and the secretariat."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from accounts import actions, permissions
from accounts.models import LogEntry, Organisation, User


class RecordedAdmin(admin.ModelAdmin[Any]):
    """Writes the log, in the same transaction, for what is changed by rescue; nothing is deleted."""

    def save_model(
        self,
        request: HttpRequest,
        obj: models.Model,
        form: forms.ModelForm[Any],
        change: bool,  # noqa: FBT001 -- Django's signature
    ) -> None:
        old = {name: _shown(form, name) for name in form.changed_data} if change else {}
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            new = {name: form.cleaned_data.get(name) for name in form.changed_data if "password" not in name}
            by = request.user if isinstance(request.user, User) else None
            actions.record(
                by=by,
                verb=gettext_noop("endret") if change else gettext_noop("opprettet"),
                target=obj,
                old=old,
                new=new,
            )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _shown(form: forms.ModelForm[Any], name: str) -> Any:
    """What stood in the field before, a related thing by its name."""
    value, field = form.initial.get(name), form.fields[name]
    if isinstance(field, forms.ModelChoiceField) and value is not None:
        return field.queryset.filter(pk=value).first() if field.queryset is not None else value
    return value


class ReferenceAdmin(RecordedAdmin):
    """Reference data: the secretariat and the administrator keep it."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.can_edit_reference_data(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_edit_reference_data(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_edit_reference_data(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_edit_reference_data(request.user)


@admin.register(Organisation)
class OrganisationAdmin(ReferenceAdmin):
    list_display = ["name", "short_name", "kind", "parent", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "short_name"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User], RecordedAdmin):
    ordering = ["email"]
    list_display = ["email", "name", "role", "organisation", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["email", "name"]
    filter_horizontal = []
    add_form = AdminUserCreationForm
    fieldsets = [(None, {"fields": ["email", "password", "name", "role", "organisation", "is_active"]})]
    add_fieldsets = [
        (
            None,
            {
                "fields": [
                    "email",
                    "name",
                    "role",
                    "organisation",
                    "usable_password",
                    "password1",
                    "password2",
                ]
            },
        )
    ]
    readonly_fields = []

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.can_administer_users(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_administer_users(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_administer_users(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_administer_users(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Django's own trail, and ours when a password was set on its page of its own."""
        if isinstance(request.user, User) and "password" in (
            request.resolver_match.route if request.resolver_match else ""
        ):
            actions.record(by=request.user, verb=gettext_noop("satte nytt passord"), target=obj)
        return super().log_change(request, obj, message)


@admin.register(LogEntry)
class LogEntryAdmin(admin.ModelAdmin[LogEntry]):
    """The log can be read here, never changed."""

    list_display = ["at", "by", "verb", "target"]
    search_fields = ["target", "verb", "by__name"]
    list_filter = ["verb"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[LogEntry]:
        return LogEntry.objects.visible_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.can_edit_reference_data(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_edit_reference_data(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
