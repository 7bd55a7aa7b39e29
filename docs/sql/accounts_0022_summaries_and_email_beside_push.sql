BEGIN;
--
-- Remove trigger touch_updated_at from model savedsearch
--
DROP TRIGGER IF EXISTS pgtrigger_touch_updated_at_68d13 ON "userpreferences";
--
-- Add field also_email to savedsearch
--
ALTER TABLE "userpreferences" ADD COLUMN "also_email" boolean DEFAULT false NOT NULL;
--
-- Add field digest_at to savedsearch
--
ALTER TABLE "userpreferences" ADD COLUMN "digest_at" time NULL;
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


                FOR EACH ROW WHEN (OLD."also_email" IS DISTINCT FROM (NEW."also_email") OR OLD."current_test_date" IS DISTINCT FROM (NEW."current_test_date") OR OLD."date_from" IS DISTINCT FROM (NEW."date_from") OR OLD."date_to" IS DISTINCT FROM (NEW."date_to") OR OLD."digest_at" IS DISTINCT FROM (NEW."digest_at") OR OLD."excluded_dates" IS DISTINCT FROM (NEW."excluded_dates") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."location" IS DISTINCT FROM (NEW."location") OR OLD."min_days_earlier" IS DISTINCT FROM (NEW."min_days_earlier") OR OLD."min_notice_days" IS DISTINCT FROM (NEW."min_notice_days") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."notification_method" IS DISTINCT FROM (NEW."notification_method") OR OLD."notification_radius" IS DISTINCT FROM (NEW."notification_radius") OR OLD."only_bookable" IS DISTINCT FROM (NEW."only_bookable") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."postcode" IS DISTINCT FROM (NEW."postcode") OR OLD."preferred_test_types" IS DISTINCT FROM (NEW."preferred_test_types") OR OLD."time_from" IS DISTINCT FROM (NEW."time_from") OR OLD."time_until" IS DISTINCT FROM (NEW."time_until") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."weekdays" IS DISTINCT FROM (NEW."weekdays"))
                EXECUTE PROCEDURE pgtrigger_touch_updated_at_68d13();

            COMMENT ON TRIGGER pgtrigger_touch_updated_at_68d13 ON "userpreferences" IS '001db3f28b1f104baad028a9426932940a4a1b4e';

COMMIT;
