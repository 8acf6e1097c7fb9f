"""All URLs. Pages and files: `search.urls` and `annotations.urls`. REST API: their `api.urls`."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

urlpatterns = [
    path("", include("search.urls")),
    path("", include("annotations.urls")),
    path("api/", include("search.api.urls")),
    path("api/", include("annotations.api.urls")),
    path("admin/", admin.site.urls),
    path("login/", login_not_required(LoginView.as_view(redirect_authenticated_user=True)), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
handler400 = "patentsearch.errors.bad_request"
handler403 = "patentsearch.errors.forbidden"
handler404 = "patentsearch.errors.not_found"
handler500 = "patentsearch.errors.server_error"
