"""The queue and the cache share a server and nothing else; commands hand jobs to it as the doors do."""

import subprocess
import sys

from django.conf import settings
from django.core.cache import cache
from kombu import Connection

from kernel.ids import new_id


def test_emptying_the_cache_leaves_the_queue_alone(empty_cache: None) -> None:
    with Connection(settings.CELERY_BROKER_URL) as broker:
        queue = broker.SimpleQueue(f"test-{new_id()}")
        queue.put({"job": 1})
        cache.set("seen", 1)
        cache.clear()
        assert cache.get("seen") is None
        message = queue.get(block=False)
        message.ack()
        assert message.payload == {"job": 1}
        queue.close()


def test_a_command_hands_jobs_to_the_application_that_the_workers_run() -> None:
    look = "from celery import current_app; print(current_app.main, current_app.conf.broker_url)"
    command = [sys.executable, str(settings.ROOT / "manage.py"), "shell", "--no-imports", "-c", look]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["sluice", settings.CELERY_BROKER_URL]
