"""The WSGI application that the web server serves."""

import os

from django.core.wsgi import get_wsgi_application

from sluice import celery_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
application = get_wsgi_application()

# The doors hand jobs to the current Celery application: it has to be this one.
celery_app.app.set_default()
