from django.db import migrations

from plumbing.sql import append_only

RECORDS = ("invoice", "order", "rating", "taxfiling", "meterreading", "trip", "waybill")


class Migration(migrations.Migration):
    dependencies = [("streams", "0001_initial")]
    operations = [append_only(f"streams_{table}", erased_by="enterprise_id") for table in RECORDS]
