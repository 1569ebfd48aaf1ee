from django.contrib.admin.apps import SimpleAdminConfig


class AdministrationConfig(SimpleAdminConfig):
    """Its pages are loaded with the addresses, not by every command."""

    default_site = "geoportal.accounts.admin_site.AdministrationSite"
