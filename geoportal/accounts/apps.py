from django.apps import AppConfig

from layers.registry.text import Text


class AccountsConfig(AppConfig):
    name = "geoportal.accounts"
    label = "accounts"
    verbose_name = Text("账号", "Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import failed_sign_ins, idleness  # noqa: F401  listen for those that fail and that begin a session
