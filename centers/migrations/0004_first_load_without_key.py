"""The first load of postcodes fills an empty table and builds its key at the end.

That takes two thirds of the time of adding 1.7 million rows to the key one by one. The
application may not alter tables, so these two steps, and no others, run as the owner; the first
is refused unless the table is empty, and both belong to one transaction of `centers.loading.replacing`.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION centers_postcode_without_key() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    LOCK TABLE centers_postcode IN ACCESS EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM centers_postcode) THEN
        RAISE EXCEPTION 'centers_postcode holds rows and keeps its key';
    END IF;
    ALTER TABLE centers_postcode DROP CONSTRAINT centers_postcode_pkey;
END
$$;
CREATE FUNCTION centers_postcode_with_key() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    ALTER TABLE centers_postcode ADD CONSTRAINT centers_postcode_pkey PRIMARY KEY (postcode);
END
$$;
"""
DROP = """
DROP FUNCTION centers_postcode_without_key();
DROP FUNCTION centers_postcode_with_key();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0003_updated_at_by_trigger")]

    operations = [migrations.RunSQL(CREATE, DROP)]
