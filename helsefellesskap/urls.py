"""The addresses of the whole site."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from helsefellesskap import views

admin.autodiscover()
admin.site.site_header = admin.site.site_title = settings.SITE_NAME
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", views.home, name="home"),
    path("konto/", include("accounts.urls")),
    path("", include("portfolio.urls")),
    path("", include("meetings.urls")),
    path("", include("funding.urls")),
    path("", include("newsletters.urls")),
    path("kvalitet/", views.quality, name="quality"),
    path("helse/live/", views.live, name="live"),
    path("helse/klar/", views.ready, name="ready"),
    path("admin/", admin.site.urls),
    path("favicon.ico", views.favicon, name="favicon"),
]
