"""Sign-in and own account, under /konto/; allauth reverses these names."""

from allauth.account import views
from django.urls import path, re_path

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inaktiv/", views.account_inactive, name="account_inactive"),
    path("registrer/", views.signup, name="account_signup"),
    path("bekreft/", views.reauthenticate, name="account_reauthenticate"),
    path("passord/", views.password_change, name="account_change_password"),
    path("passord/sett/", views.password_set, name="account_set_password"),
    path("passord/nytt/", views.password_reset, name="account_reset_password"),
    path("passord/nytt/sendt/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^passord/nytt/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "passord/nytt/ferdig/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
