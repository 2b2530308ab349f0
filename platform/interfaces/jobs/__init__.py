"""Clock and queue: Celery tasks and schedules. A task is a door."""
