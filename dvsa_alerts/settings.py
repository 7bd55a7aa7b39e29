"""Django's settings; everything that a deployment decides comes from `environment.py`."""

import logging
import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF

from alerts.channels import QUEUES as SENDING_QUEUES
from alerts.channels import task_of
from dvsa_alerts import periodic
from dvsa_alerts.environment import read_environment
from dvsa_alerts.operations.logs import log_lines

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = read_environment()

SECRET_KEY = ENVIRONMENT.secret_key
# Keys of before, by which sessions, links and second factors are still read: see `reencrypt`.
SECRET_KEY_FALLBACKS = ENVIRONMENT.secret_key_fallbacks
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
SITE_URL = ENVIRONMENT.site_url
SITE_NAME = ENVIRONMENT.site_name
OPERATOR_NAME = ENVIRONMENT.operator_name
CONTACT = ENVIRONMENT.contact

INSTALLED_APPS = [
    "audit",
    "centers",
    "accounts",
    "slots",
    "alerts",
    "dvsa_alerts.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "leaflet",
    "csp",
    "pgtrigger",
    "dvsa_alerts.apps.DvsaAlertsConfig",
]
if find_spec("django_migration_linter"):  # among the requirements for development alone
    INSTALLED_APPS.append("django_migration_linter")

MIDDLEWARE = [
    "dvsa_alerts.operations.logs.request_log.RequestLogMiddleware",
    # Their headers go onto whatever those below answer.
    "dvsa_alerts.response_headers.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "audit.addresses.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "dvsa_alerts.response_headers.NoStoreMiddleware",
    "dvsa_alerts.input_guard.InputGuardMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.sessions.KnownSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.limits.pages.PageLimitMiddleware",
]

ROOT_URLCONF = "dvsa_alerts.urls"
WSGI_APPLICATION = "dvsa_alerts.wsgi.application"
ASGI_APPLICATION = "dvsa_alerts.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dvsa_alerts.pages.site",
                "slots.freshness.sources",
            ],
        },
    },
    # Mails only, which are made by the thousand: a quarter of the time (docs/decisions/0003).
    {
        "NAME": "mail",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
    },
]
FORM_RENDERER = "dvsa_alerts.rendering.FormRenderer"

# Database: the application's role everywhere but in the owner's own commands (see manage.py).
_OWNER = os.environ.get("DATABASE_ROLE") == "owner"
APPLICATION_ROLE = ENVIRONMENT.database.get("USER") or ""
OWNER_ROLE = ENVIRONMENT.owner_database.get("USER") or ""
_CONNECTION = ENVIRONMENT.owner_database if _OWNER else ENVIRONMENT.database
# Of the web's processes alone (deploy/gunicorn.conf.py): the workers' statements may be long.
_LONGEST = ENVIRONMENT.statement_seconds
_TIMED = {"options": f"-c statement_timeout={_LONGEST}s"} if _LONGEST else {}
DATABASES = {
    "default": {
        **_CONNECTION,
        "OPTIONS": {**_CONNECTION.get("OPTIONS", {}), **_TIMED},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
CACHES = {
    "default": {
        "BACKEND": "dvsa_alerts.json_cache.JsonCache",
    }
}

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.RoleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.HardToGuess"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/searches/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
# A password is a choice, made in the account: nobody can leave theirs in one of an address that
# isn't theirs.
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Digits, which phones have a keypad for: 26 bits, of which five tries are allowed.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8}
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
# Mailed codes, at sign-up and sign-in alike; OWASP ASVS 5.0.0, 6.5.5, for how long.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 10
# It works only for an address that is free, and so would tell which is.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# How often a password, a code or a reset may be tried is said in `accounts.limits.tries`.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reset_password": "20/m/ip",
    "request_login_code": None,
    "confirm_email": None,
    "reauthenticate": None,
}
# Which of them someone is asked for is said by `accounts.adapter`.
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "code", "mfa")
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignUpForm",
    "login": "accounts.forms.SignInForm",
    "add_email": "accounts.forms.EmailForm",
    "change_password": "accounts.forms.PasswordForm",
    "set_password": "accounts.forms.FirstPasswordForm",
    "reset_password": "accounts.forms.ForgottenForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "reauthenticate": "accounts.forms.PasswordAgainForm",
    "confirm_email_verification_code": "accounts.code_forms.SignUpCodeForm",
    "confirm_login_code": "accounts.code_forms.SignInCodeForm",
    "confirm_reauthentication_code": "accounts.code_forms.CodeAgainForm",
}
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.code_forms.AppCodeForm",
    "reauthenticate": "accounts.code_forms.AppCodeAgainForm",
    "activate_totp": "accounts.code_forms.AddAppForm",
    "authenticate_webauthn": "accounts.passkeys.forms.PasskeyStepForm",
    "reauthenticate_webauthn": "accounts.passkeys.forms.PasskeyAgainForm",
    "login_webauthn": "accounts.passkeys.forms.SignInByPasskeyForm",
    "edit_webauthn": "accounts.passkeys.forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# To use a passkey is to have unlocked it, so that it counts for two factors.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_PASSKEY_LOGIN_ENABLED = True
# There is nothing to guess; `accounts.limits.pages` counts its requests as all others.
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_TOTP_TOLERANCE = 1
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
USERSESSIONS_TRACK_ACTIVITY = False

# Language and time: what a learner reads is British; what is stored is UTC.
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "dvsa_alerts.formats"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# Static files
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# Our files are for our pages: WhiteNoise would let every other site read them.
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Mail: real SMTP always; `./dev run` points it at a sink that the pages under /dev/mail/ show.
EMAIL_BACKEND = ENVIRONMENT.email["EMAIL_BACKEND"]
EMAIL_HOST = ENVIRONMENT.email["EMAIL_HOST"]
EMAIL_PORT = ENVIRONMENT.email["EMAIL_PORT"]
EMAIL_HOST_USER = ENVIRONMENT.email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = ENVIRONMENT.email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = ENVIRONMENT.email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = ENVIRONMENT.email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENVIRONMENT.default_from_email
SERVER_EMAIL = ENVIRONMENT.default_from_email
DEV_MAIL_DIR = ENVIRONMENT.dev_mail_dir

# Where backups are kept, as the housekeeping worker reaches it; empty: it doesn't.
BACKUP_DIR = ENVIRONMENT.backup_dir
BACKUP_ENCRYPT_TO = ENVIRONMENT.backup_encrypt_to
BACKUP_COPY_COMMAND = ENVIRONMENT.backup_copy_command

# Web Push
VAPID_PRIVATE_KEY = ENVIRONMENT.vapid_private_key
# Keys of before, which sign to the browsers that have not yet renewed their subscriptions.
VAPID_PRIVATE_KEY_FALLBACKS = ENVIRONMENT.vapid_private_key_fallbacks
VAPID_SUBJECT = ENVIRONMENT.vapid_subject
PUSH_HOSTS = ENVIRONMENT.push_hosts
# Whether learners may have their alerts sent to addresses of their own.
WEBHOOKS = ENVIRONMENT.webhooks
BOUNCE_SECRET = ENVIRONMENT.bounce_secret
MAP_TILE_URL = ENVIRONMENT.map_tile_url
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
TRUSTED_NETWORKS = ENVIRONMENT.trusted_networks
# What strangers name (feeds, push services, webhooks) is reached at public addresses only, but in
# tests.
OUTBOUND_ALLOW_LOOPBACK = False

# Celery: Redis carries hints only, so a publish that can't get through at once is dropped.
# Nothing here has an expiry: a worker whose clock is wrong would throw every task away.
CELERY_BROKER_URL = ENVIRONMENT.redis_url
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.2,
    "socket_timeout": 5,
    "visibility_timeout": 600,
    # Else a publisher tries for 6 seconds to reach a Redis that is away.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
# After Redis was away a worker would else take fewer messages until it has ended what it had.
CELERY_WORKER_ENABLE_PREFETCH_COUNT_REDUCTION = False
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_DEFAULT_QUEUE = "housekeeping"
QUEUES = periodic.QUEUES
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A prefork worker would otherwise close its connection around each task, and load PostGIS again.
CELERY_DB_REUSE_MAX = 100
CELERY_TASK_ROUTES = {
    "alerts.tasks.match": {"queue": "matching"},
    "accounts.tasks.send_outbox": {"queue": "email"},
    **{task_of(queue): {"queue": queue} for queue in SENDING_QUEUES},
}
CELERY_BEAT_SCHEDULE = periodic.beat_schedule()

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE_NAME} API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Security
_HTTPS = urlsplit(SITE_URL).scheme == "https"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REFERRER_POLICY = "same-origin"
# The API refuses what comes without TLS: a redirect would hide that a token went in the clear.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^api/v"]
# A browser takes a cookie of such a name only from this very host, through TLS, for all paths.
COOKIE_PREFIX = "__Host-" if _HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_SECURE = _HTTPS
# A browser that is known again (accounts.limits.devices).
DEVICE_COOKIE_NAME = f"{COOKIE_PREFIX}device"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "dvsa_alerts.message_cookies.MessageStorage"
X_FRAME_OPTIONS = "DENY"
# Besides Django's own. "Near me" asks where someone is; of all else a device has, nothing is used.
SECURITY_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), "
    + ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera",
            "display-capture", "encrypted-media", "fullscreen", "gamepad", "gyroscope", "hid",
            "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
            "picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb",
            "web-share", "xr-spatial-tracking",
        )
    ),
}  # fmt: skip
# `https://{s}.tiles.example/{z}/{x}/{y}.png` stands for any host under tiles.example.
_TILES = urlsplit(MAP_TILE_URL.replace("{s}", "*"))
_TILE_HOSTS = [f"{_TILES.scheme}://{_TILES.netloc}"] if MAP_TILE_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_TILE_HOSTS],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# gis.W001: GDAL 3.6's axis order; points are only ever built from two numbers.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]

# JSON for machines; a person sits before a development server.
LOGGING = log_lines.configuration(for_people=DEBUG)
logging.captureWarnings(not DEBUG)
