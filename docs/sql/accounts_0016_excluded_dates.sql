BEGIN;
--
-- Remove trigger touch_updated_at from model savedsearch
--
DROP TRIGGER IF EXISTS pgtrigger_touch_updated_at_68d13 ON "userpreferences";
--
-- Add field excluded_dates to savedsearch
--
ALTER TABLE "userpreferences" ADD COLUMN "excluded_dates" datemultirange NULL;
--
-- Create trigger touch_updated_at on model savedsearch
--

            CREATE OR REPLACE FUNCTION "public"._pgtrigger_should_ignore(
                trigger_name NAME
            )
            RETURNS BOOLEAN AS $$
                DECLARE
                    _pgtrigger_ignore TEXT[];
                    _result BOOLEAN;
                BEGIN
                    BEGIN
                        SELECT INTO _pgtrigger_ignore
                            CURRENT_SETTING('pgtrigger.ignore');
                        EXCEPTION WHEN OTHERS THEN
                    END;
                    IF _pgtrigger_ignore IS NOT NULL THEN
                        SELECT trigger_name = ANY(_pgtrigger_ignore)
                        INTO _result;
                        RETURN _result;
                    ELSE
                        RETURN FALSE;
                    END IF;
                END;
            $$ LANGUAGE plpgsql;

            CREATE OR REPLACE FUNCTION pgtrigger_touch_updated_at_68d13()
            RETURNS TRIGGER AS $$

                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    NEW.updated_at = statement_timestamp(); RETURN NEW;
                END;
            $$ LANGUAGE plpgsql;

            DROP TRIGGER IF EXISTS pgtrigger_touch_updated_at_68d13 ON "userpreferences";
            CREATE  TRIGGER pgtrigger_touch_updated_at_68d13
                BEFORE UPDATE ON "userpreferences"


                FOR EACH ROW WHEN (OLD."current_test_date" IS DISTINCT FROM (NEW."current_test_date") OR OLD."date_from" IS DISTINCT FROM (NEW."date_from") OR OLD."date_to" IS DISTINCT FROM (NEW."date_to") OR OLD."excluded_dates" IS DISTINCT FROM (NEW."excluded_dates") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."location" IS DISTINCT FROM (NEW."location") OR OLD."min_days_earlier" IS DISTINCT FROM (NEW."min_days_earlier") OR OLD."min_notice_days" IS DISTINCT FROM (NEW."min_notice_days") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."notification_method" IS DISTINCT FROM (NEW."notification_method") OR OLD."notification_radius" IS DISTINCT FROM (NEW."notification_radius") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."postcode" IS DISTINCT FROM (NEW."postcode") OR OLD."preferred_test_types" IS DISTINCT FROM (NEW."preferred_test_types") OR OLD."time_from" IS DISTINCT FROM (NEW."time_from") OR OLD."time_until" IS DISTINCT FROM (NEW."time_until") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."weekdays" IS DISTINCT FROM (NEW."weekdays"))
                EXECUTE PROCEDURE pgtrigger_touch_updated_at_68d13();

            COMMENT ON TRIGGER pgtrigger_touch_updated_at_68d13 ON "userpreferences" IS '7aa98f22b2ec4f9ea267ae5485ac32abe93acebb';

--
-- Create not valid constraint preferences_excluded_dates_end on model savedsearch
--
ALTER TABLE "userpreferences" ADD CONSTRAINT "preferences_excluded_dates_end" CHECK ((lower_inf("excluded_dates") OR upper_inf("excluded_dates")) = false) NOT VALID;
--
-- Raw SQL operation
--

DROP FUNCTION search_tells_until(date, date, smallint, smallint[], smallint);
CREATE FUNCTION search_tells_until(
    date_to date, current_test_date date, min_days_earlier smallint, weekdays smallint[],
    min_notice_days smallint, excluded_dates datemultirange DEFAULT NULL
) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH ends AS (
        SELECT least(date_to, current_test_date - greatest(min_days_earlier, 1)::integer) AS day
    ), candidate AS (
        SELECT day FROM ends
        UNION ALL
        SELECT lower(excluded) - 1 FROM unnest(excluded_dates) excluded JOIN ends
            ON lower(excluded) <= ends.day
    )
    SELECT max(candidate.day - back) - coalesce(min_notice_days, 0)::integer
      FROM candidate CROSS JOIN generate_series(0, 6) back
     WHERE (coalesce(cardinality(weekdays), 0) = 0
            OR extract(isodow FROM candidate.day - back) = ANY (weekdays))
       AND NOT coalesce(candidate.day - back <@ excluded_dates, false)
$$;
COMMENT ON FUNCTION search_tells_until IS
    'The last day (Europe/London) on which a search with these windows may tell of a slot, or null';

COMMIT;
