"""The Celery application; tasks live in `interfaces.jobs`."""

import os

from celery import Celery
from kombu import Queue

from interfaces.jobs.schedule import AWAITED, SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
app = Celery("sluice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["interfaces.jobs"])
app.conf.beat_schedule = SCHEDULE
# What somebody waits for goes first: a worker asks for it before it asks for anything else.
app.conf.task_queues = [Queue(name, routing_key=name) for name in ("awaited", app.conf.task_default_queue)]
app.conf.task_routes = {name: {"queue": "awaited"} for name in AWAITED}
