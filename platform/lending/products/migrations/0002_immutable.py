from django.db import migrations

from plumbing.sql import sql_file


class Migration(migrations.Migration):
    dependencies = [("products", "0001_initial")]

    operations = [
        sql_file(
            __file__,
            "immutable.sql",
            reverse=(
                "DROP TRIGGER product_version_immutable ON products_productversion;"
                " DROP FUNCTION product_version_is_immutable();"
            ),
        )
    ]
