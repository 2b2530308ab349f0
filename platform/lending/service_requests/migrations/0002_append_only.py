"""The steps of a request may only grow."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """What was done stands."""

    dependencies = [("service_requests", "0001_initial")]

    operations = [append_only("service_requests_servicerequeststep")]
