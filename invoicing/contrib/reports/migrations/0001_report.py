from django.db import migrations


class Migration(migrations.Migration):
    """The permission to see reports: a proxy, which has no table."""

    initial = True

    dependencies = [("invoicing", "0002_documents")]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "default_permissions": ("view",),
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("invoicing.company",),
        ),
    ]
