"""The WSGI application that the web server serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from plumbing.heap import settle
from sluice import celery_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
application = get_wsgi_application()

# The doors hand jobs to the current Celery application: it has to be this one.
celery_app.app.set_default()

for doors in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
    get_resolver(doors).url_patterns  # noqa: B018  loads the doors now instead of in the first call
settle()
