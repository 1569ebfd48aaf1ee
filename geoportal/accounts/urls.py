from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.generic import RedirectView

from .passwords.views import ChangeView, ForgottenView, LinkView
from .second_factor.passkey_views import PasskeyRemovalView, PasskeysView
from .second_factor.views import CodeView, RemoveView, SetupView
from .session_list import sessions
from .views import SignInView, administration_sign_in, me

urlpatterns = [
    path("accounts/sign-in/", SignInView.as_view(), name="sign-in"),
    path("accounts/sign-out/", LogoutView.as_view(), name="sign-out"),
    path("accounts/me/", me, name="me"),
    path("accounts/sessions/", sessions, name="sessions"),
    path("accounts/password/", ChangeView.as_view(), name="password"),
    path("accounts/password/forgotten/", ForgottenView.as_view(), name="forgotten"),
    path("accounts/password/<str:uidb64>/<str:token>/", LinkView.as_view(), name="password-link"),
    path("accounts/second-factor/", CodeView.as_view(), name="second-factor"),
    path("accounts/second-factor/setup/", SetupView.as_view(), name="second-factor-setup"),
    path("accounts/second-factor/removal/", RemoveView.as_view(), name="second-factor-removal"),
    path("accounts/second-factor/passkeys/", PasskeysView.as_view(), name="passkeys"),
    path(
        "accounts/second-factor/passkeys/<int:pk>/removal/",
        PasskeyRemovalView.as_view(),
        name="passkey-removal",
    ),
    path("admin/login/", administration_sign_in),
    path("admin/password_change/", RedirectView.as_view(pattern_name="password")),
]
