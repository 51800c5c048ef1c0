"""Reference data of money; its work is done on its own pages."""

from django.contrib import admin

from accounts.admin import ReferenceAdmin
from funding.models import FundingScheme


@admin.register(FundingScheme)
class FundingSchemeAdmin(ReferenceAdmin):
    list_display = ["name", "grantor", "slug"]
