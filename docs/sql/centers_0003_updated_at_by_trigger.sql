BEGIN;
--
-- Create trigger touch_updated_at on model center
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

            CREATE OR REPLACE FUNCTION pgtrigger_touch_updated_at_e086e()
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

            DROP TRIGGER IF EXISTS pgtrigger_touch_updated_at_e086e ON "dvsa_test_centers";
            CREATE  TRIGGER pgtrigger_touch_updated_at_e086e
                BEFORE UPDATE ON "dvsa_test_centers"


                FOR EACH ROW WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."latitude" IS DISTINCT FROM (NEW."latitude") OR OLD."longitude" IS DISTINCT FROM (NEW."longitude") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."postcode" IS DISTINCT FROM (NEW."postcode") OR OLD."town" IS DISTINCT FROM (NEW."town"))
                EXECUTE PROCEDURE pgtrigger_touch_updated_at_e086e();

            COMMENT ON TRIGGER pgtrigger_touch_updated_at_e086e ON "dvsa_test_centers" IS '6ef159584ee3d6ef889bddf616954e1788336513';

COMMIT;
