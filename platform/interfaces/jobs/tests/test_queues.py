"""What somebody waits for overtakes what the clock sends."""

import pytest

from interfaces.jobs.schedule import AWAITED
from interfaces.jobs.tasks import assess, collect, disburse
from sluice.celery_app import app


@pytest.mark.parametrize("task", [assess, collect, disburse])
def test_a_job_that_is_awaited_exists_and_overtakes(task: object) -> None:
    name = getattr(task, "name", "")
    assert name in AWAITED
    queues = list(app.amqp.queues)
    routed = app.amqp.router.route({}, name)["queue"].name
    assert len({queue.routing_key for queue in app.amqp.queues.values()}) == len(queues), "each in one queue"
    other = app.amqp.router.route({}, "jobs.sweep").get("queue", app.amqp.default_queue).name
    assert queues.index(routed) < queues.index(other)
    assert app.conf.broker_transport_options["queue_order_strategy"] == "priority"
