"""Every route of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("slots.urls")),
    path("centers/", include("centers.urls")),
    path("", include("alerts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
