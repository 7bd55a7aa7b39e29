"""The day of the test that a search was told of becomes a booking of its learner's.

Of several the one that was saved last, if it is still to come. A search for theory tests alone meant
a theory test. The searches keep their column.
"""

from django.db import migrations

CARRY_OVER = """
INSERT INTO accounts_booking (user_id, test_type, date)
SELECT DISTINCT ON (user_id, test_type) user_id, test_type, current_test_date
  FROM (SELECT user_id, preference_id, updated_at, current_test_date,
               CASE WHEN preferred_test_types = '["theory"]' THEN 'theory' ELSE 'practical' END
                   AS test_type
          FROM userpreferences
         WHERE current_test_date >= (statement_timestamp() AT TIME ZONE 'Europe/London')::date
       ) told
 ORDER BY user_id, test_type, updated_at DESC, preference_id DESC
    ON CONFLICT (user_id, test_type) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_bookings")]

    operations = [migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop)]
