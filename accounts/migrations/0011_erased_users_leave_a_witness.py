"""A user who is deleted, by whatever statement, leaves a witness in the audit log."""

from django.db import migrations

CREATE = """
CREATE FUNCTION accounts_leave_a_witness() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM audit_erase(OLD.user_id);
    RETURN OLD;
END
$$;

-- Else the application could put it on a table of its own making.
REVOKE EXECUTE ON FUNCTION accounts_leave_a_witness() FROM PUBLIC;

CREATE TRIGGER users_leave_a_witness
    BEFORE DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION accounts_leave_a_witness();
"""
DROP = """
DROP TRIGGER users_leave_a_witness ON users;
DROP FUNCTION accounts_leave_a_witness();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_default_roles_keep_their_names"),
        ("audit", "0008_erasures_leave_a_witness"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
