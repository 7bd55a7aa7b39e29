"""The routes of the `slots` app; the pages of centres are among them, since they show slots."""

from django.urls import path

from centers.views import coastline
from slots.center_pages import center_views
from slots.searching import views

urlpatterns = [
    path("", views.home, name="home"),
    path("slots/", views.slots, name="slots"),
    path("slots/map/", views.slots_map, name="slots_map"),
    path("centers/", center_views.center_list, name="center_list"),
    path("centers/<int:center_id>/", center_views.center_detail, name="center_detail"),
    path("centers/coastline.geojson", coastline, name="coastline"),
]
