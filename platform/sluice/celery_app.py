"""The Celery application; tasks live in `interfaces.jobs`."""

import os

from celery import Celery

from interfaces.jobs.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
app = Celery("sluice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["interfaces.jobs"])
app.conf.beat_schedule = SCHEDULE
