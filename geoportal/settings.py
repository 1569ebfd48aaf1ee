"""Django's settings; what an installation may change comes through :mod:`geoportal.environment`."""

from csp.constants import NONCE

from layers import coordinates

from . import environment

ROOT = environment.ROOT
DATA = environment.data_folder()
ASSETS = ROOT / "geoportal" / "assets"

SECRET_KEY = environment.secret_key(DATA)
DEBUG = environment.boolean("GEOPORTAL_DEBUG")
ALLOWED_HOSTS = environment.names("GEOPORTAL_ALLOWED_HOSTS")
PREFIX = environment.prefix("GEOPORTAL_PREFIX")
ADDRESS = environment.origin("GEOPORTAL_ADDRESS")
FORCE_SCRIPT_NAME = PREFIX or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = f"{PREFIX}/"
CSRF_FAILURE_VIEW = "geoportal.errors.forged"
CSRF_TRUSTED_ORIGINS = environment.names("GEOPORTAL_TRUSTED_ORIGINS")
TRUSTED_PROXIES = environment.networks("GEOPORTAL_TRUSTED_PROXIES")
DATABASES = {"default": environment.database(DATA)}
WEB_PASSWORD = environment.text("GEOPORTAL_WEB_PASSWORD")
TILE_CACHE_BYTES = environment.gigabytes("GEOPORTAL_TILE_CACHE_GB")
RASTER_CACHE = environment.redis("GEOPORTAL_RASTER_CACHE")
STORE_SRID, WEB_SRID = coordinates.STORE_SRID, coordinates.WEB_SRID
"""For migrations, which import nothing of the packages."""
DISTRICT_CODE = environment.text("GEOPORTAL_DISTRICT")
LICENCE = environment.text("GEOPORTAL_LICENCE")

INSTALLED_APPS = [
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "leaflet",
    "django_tasks",
    "django_tasks_db",
    "geoportal.accounts",
    "geoportal.backup",
    "layers.jobs",
    "layers.agencies",
    "layers.base",
    "layers.query",
    "layers.villages",
    "layers.casework",
    "layers.enforcement",
    "layers.foodsafety",
    "layers.services",
    "layers.terrain",
    "layers.datasets",
    "importers",
    "geoportal.portal",
    "geoportal.directory",
    "geoportal.cases",
    "geoportal.field",
    "geoportal.help",
    "geoportal.imports",
    "geoportal.demo",
    "layers.registry",
    "tiles",
]

MIDDLEWARE = [
    "geoportal.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "geoportal.compression.CompressionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "geoportal.static_files.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "geoportal.accounts.idleness.IdleMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "geoportal.accounts.middleware.SecondFactorMiddleware",
    "geoportal.accounts.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "geoportal.errors.ErrorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]

ROOT_URLCONF = "geoportal.urls"
WSGI_APPLICATION = "geoportal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "geoportal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "geoportal.portal.context.base_map",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{VALIDATORS}.NumericPasswordValidator"},
    {"NAME": "geoportal.accounts.mail.OwnerNotice"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "geoportal" / "locale"]
FORMAT_MODULE_PATH = "geoportal.formats"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

FILE_UPLOAD_HANDLERS = [
    "geoportal.upload_handlers.SizeLimitUploadHandler",
    "geoportal.upload_handlers.DiskSpaceUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # what the page asks of each column of a file
IMPORT_MAX_BYTES = environment.gigabytes("GEOPORTAL_IMPORT_MAX_GB")
JOBS_AT_ONCE = {
    "default": 2,
    "imports": environment.count("GEOPORTAL_IMPORTS_AT_ONCE"),
    "exports": 2,
    "tiles": 1,
}
TASKS = {"default": {"BACKEND": "layers.jobs.backend.JobBackend", "QUEUES": list(JOBS_AT_ONCE)}}
BACKUPS_KEPT = environment.count("GEOPORTAL_BACKUPS_KEPT", least=0)
BACKUP_RECIPIENT = environment.text("GEOPORTAL_BACKUP_RECIPIENT")
LOG_KEY_PATH = environment.text("GEOPORTAL_LOG_KEY_PATH")
LOG_ANCHOR_MAIL = environment.names("GEOPORTAL_LOG_ANCHOR_MAIL")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS = (
    environment.mail_server("GEOPORTAL_MAIL_SERVER")
)
HAS_MAIL_SERVER = bool(environment.text("GEOPORTAL_MAIL_SERVER"))
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = environment.text("GEOPORTAL_MAIL_FROM")
IMPORTS_AT_ONCE = JOBS_AT_ONCE["imports"]

STATIC_URL = f"{PREFIX}/static/"
STATIC_ROOT = ROOT / "var" / "static"
STATICFILES_DIRS = [ASSETS]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "geoportal.static_files.HashedStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False  # the front says it, and twice would be refused
WHITENOISE_MIMETYPES = {".pbf": "application/x-protobuf", ".mjs": "text/javascript"}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # browsers' lists of names are for the owner of the domain to ask for
    "gis.W001",  # Debian's GDAL is older than 3.9; no text from a user ever reaches its SRS parser
]

HTTPS = environment.boolean("GEOPORTAL_HTTPS")
SECOND_FACTOR = environment.choice(
    "GEOPORTAL_SECOND_FACTOR", ("nobody", "administrators", "departments")
) or ("administrators" if HTTPS else "nobody")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_ENGINE = "geoportal.accounts.session_store"
SESSION_COOKIE_AGE = environment.count("GEOPORTAL_IDLE_HOURS") * 3600
PHONE_IDLE_SECONDS = environment.count("GEOPORTAL_PHONE_IDLE_DAYS") * 24 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = ["(^|/)(healthz|readyz)$"]  # asked by the machine itself
X_FRAME_OPTIONS = "DENY"
EMBED_SITES = environment.origins("GEOPORTAL_EMBED_SITES")
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True

SELF = "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],  # the administration's map starts from a script inside its page
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": ["'none'"],
    },
}

LEAFLET_CONFIG = {
    "TILES": [],
    "RESET_VIEW": False,
    "MINIMAP": False,
    "SCALE": None,
    "ATTRIBUTION_PREFIX": "",
    "DEFAULT_CENTER": (29.90, 121.85),
    "DEFAULT_ZOOM": 12,
    "MIN_ZOOM": 3,
    "MAX_ZOOM": 19,
    "NO_GLOBALS": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no-disconnects": {"()": "geoportal.logs.NoDisconnects"}},
    "formatters": {"line": {"()": "geoportal.logs.LineFormatter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no-disconnects"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "_granian": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django": {"handlers": [], "propagate": True},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # anybody may write any name there
        "django.request": {"level": "ERROR"},  # refusals are told to whom they concern
    },
}
