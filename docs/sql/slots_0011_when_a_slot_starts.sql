BEGIN;
--
-- Raw SQL operation
--

CREATE FUNCTION slot_start(day date, clock time)
RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN (day + clock) AT TIME ZONE 'Europe/London' AT TIME ZONE 'Europe/London' = day + clock
        THEN LEAST(
            (day + clock) AT TIME ZONE 'Europe/London',
            (day + clock - interval '1 hour') AT TIME ZONE 'Europe/London' + interval '1 hour')
        ELSE date_trunc('hour', day + clock) AT TIME ZONE 'Europe/London'
    END
$$;
COMMENT ON FUNCTION slot_start IS
    'The first moment at which clocks in London show this day and time, or a later one';

COMMIT;
