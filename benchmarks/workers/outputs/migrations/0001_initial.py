"""After the content types: PostgreSQL lets a table point only to tables that exist."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The one table of the app."""

    initial = True
    dependencies = [("contenttypes", "0002_remove_content_type_name")]
    operations = [
        migrations.CreateModel(
            name="ExportItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("object_id", models.PositiveIntegerField()),
                ("content_type", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="contenttypes.contenttype")),
            ],
            options={"indexes": [models.Index(fields=["content_type", "object_id"], name="outputs_object")]},
        ),
    ]
