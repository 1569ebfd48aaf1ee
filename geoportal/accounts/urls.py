from django.contrib.auth.views import LogoutView
from django.urls import path

from .views import SignInView, administration_sign_in, me

urlpatterns = [
    path("accounts/sign-in/", SignInView.as_view(), name="sign-in"),
    path("accounts/sign-out/", LogoutView.as_view(), name="sign-out"),
    path("accounts/me/", me, name="me"),
    path("admin/login/", administration_sign_in),
]
