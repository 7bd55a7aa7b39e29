"""`users.email_verified`: whether the primary address is, kept by the database itself.

Matching asks it of each of thousands of users at once. It is no field of the model, because
saving a user would write it back as it was when the user was read.
"""

from django.db import migrations

COLUMN = "ALTER TABLE users ADD COLUMN email_verified boolean DEFAULT false NOT NULL"
DROP_COLUMN = "ALTER TABLE users DROP email_verified"

# Two who write addresses of one user don't see each other's, so each locks the user first and
# only then looks.
FOLLOW = """
CREATE FUNCTION users_verify_email(written integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM users WHERE user_id = written FOR NO KEY UPDATE;
    UPDATE users SET email_verified = NOT email_verified
     WHERE user_id = written AND email_verified <> EXISTS (
           SELECT FROM account_emailaddress address
            WHERE address.user_id = written AND address."primary" AND address.verified);
END $$;

CREATE FUNCTION users_follow_addresses() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM users_verify_email(OLD.user_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM users_verify_email(NEW.user_id);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER verifies_user
AFTER INSERT OR DELETE OR UPDATE OF user_id, verified, "primary"
ON account_emailaddress FOR EACH ROW EXECUTE FUNCTION users_follow_addresses();
"""
DROP_FOLLOW = """
DROP TRIGGER verifies_user ON account_emailaddress;
DROP FUNCTION users_follow_addresses();
DROP FUNCTION users_verify_email(integer);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0006_until_when_a_search_tells"),
    ]

    operations = [
        migrations.RunSQL(COLUMN, DROP_COLUMN),
        migrations.RunSQL(FOLLOW, DROP_FOLLOW),
    ]
