BEGIN;
--
-- Raw SQL operation
--

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

COMMIT;
