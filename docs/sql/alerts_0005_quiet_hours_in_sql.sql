BEGIN;
--
-- Raw SQL operation
--

CREATE FUNCTION end_of_quiet_hours(moment timestamptz, quiet_from time, quiet_until time)
RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    clock timestamp := moment AT TIME ZONE 'Europe/London';
    overnight boolean := quiet_from > quiet_until;
    ends timestamp := clock::date + quiet_until;
BEGIN
    IF quiet_from IS NULL OR quiet_until IS NULL OR quiet_from = quiet_until THEN
        RETURN NULL;
    ELSIF overnight AND clock::time >= quiet_from THEN
        RETURN (ends + interval '1 day') AT TIME ZONE 'Europe/London';
    ELSIF clock::time < quiet_until AND (overnight OR clock::time >= quiet_from) THEN
        RETURN ends AT TIME ZONE 'Europe/London';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION end_of_quiet_hours IS
    'The end of the quiet hours (Europe/London) that the moment lies in, or null';

COMMIT;
