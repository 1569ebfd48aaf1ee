from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from .views import me

urlpatterns = [
    path(
        "accounts/sign-in/",
        LoginView.as_view(template_name="accounts/sign_in.html", redirect_authenticated_user=True),
        name="sign-in",
    ),
    path("accounts/sign-out/", LogoutView.as_view(), name="sign-out"),
    path("accounts/me/", me, name="me"),
]
