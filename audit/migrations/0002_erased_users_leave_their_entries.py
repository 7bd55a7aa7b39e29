"""An erased user's entries stay, without the user: the database itself does it."""

from django.db import migrations

ADD = """
ALTER TABLE auditlogs ADD CONSTRAINT auditlogs_user_id_fk
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE SET NULL
"""
DROP = "ALTER TABLE auditlogs DROP CONSTRAINT auditlogs_user_id_fk"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(ADD, DROP)]
