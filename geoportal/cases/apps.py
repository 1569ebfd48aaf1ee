from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "geoportal.cases"
    label = "cases"

    def ready(self) -> None:
        from layers.casework.notices.channels import register_channel

        from .mail.channel import BY_MAIL

        register_channel(BY_MAIL)
