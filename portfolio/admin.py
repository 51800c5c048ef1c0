"""Reference data of the portfolio; its work is done on its own pages."""

from django.contrib import admin

from accounts.admin import ReferenceAdmin
from portfolio.models import Phase, ProgramAreaAlias, StrategicArea, StrategyPlan


@admin.register(Phase)
class PhaseAdmin(ReferenceAdmin):
    list_display = ["name", "order", "code"]
    ordering = ["order"]


@admin.register(StrategyPlan)
class StrategyPlanAdmin(ReferenceAdmin):
    list_display = ["title", "year_from", "year_to"]


@admin.register(StrategicArea)
class StrategicAreaAdmin(ReferenceAdmin):
    list_display = ["name", "plan", "order"]


@admin.register(ProgramAreaAlias)
class ProgramAreaAliasAdmin(ReferenceAdmin):
    list_display = ["text", "area"]
