BEGIN;
--
-- Remove trigger touch_updated_at from model savedsearch
--
DROP TRIGGER IF EXISTS pgtrigger_touch_updated_at_68d13 ON "userpreferences";
--
-- Add field only_bookable to savedsearch
--
ALTER TABLE "userpreferences" ADD COLUMN "only_bookable" boolean DEFAULT true NOT NULL;
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


                FOR EACH ROW WHEN (OLD."current_test_date" IS DISTINCT FROM (NEW."current_test_date") OR OLD."date_from" IS DISTINCT FROM (NEW."date_from") OR OLD."date_to" IS DISTINCT FROM (NEW."date_to") OR OLD."excluded_dates" IS DISTINCT FROM (NEW."excluded_dates") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."location" IS DISTINCT FROM (NEW."location") OR OLD."min_days_earlier" IS DISTINCT FROM (NEW."min_days_earlier") OR OLD."min_notice_days" IS DISTINCT FROM (NEW."min_notice_days") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."notification_method" IS DISTINCT FROM (NEW."notification_method") OR OLD."notification_radius" IS DISTINCT FROM (NEW."notification_radius") OR OLD."only_bookable" IS DISTINCT FROM (NEW."only_bookable") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."postcode" IS DISTINCT FROM (NEW."postcode") OR OLD."preferred_test_types" IS DISTINCT FROM (NEW."preferred_test_types") OR OLD."time_from" IS DISTINCT FROM (NEW."time_from") OR OLD."time_until" IS DISTINCT FROM (NEW."time_until") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."weekdays" IS DISTINCT FROM (NEW."weekdays"))
                EXECUTE PROCEDURE pgtrigger_touch_updated_at_68d13();

            COMMENT ON TRIGGER pgtrigger_touch_updated_at_68d13 ON "userpreferences" IS 'b0854dbe6f68b32e658de77fd83a063e0e2888d0';

COMMIT;
