BEGIN;
--
-- Raw SQL operation
--

CREATE FUNCTION search_tells_until(
    date_to date, current_test_date date, min_days_earlier smallint, weekdays smallint[],
    min_notice_days smallint
) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT max(day) - coalesce(min_notice_days, 0)::integer
      FROM (SELECT least(date_to, current_test_date - greatest(min_days_earlier, 1)::integer)
                   - back AS day
              FROM generate_series(0, 6) back) last_week
     WHERE coalesce(cardinality(weekdays), 0) = 0 OR extract(isodow FROM day) = ANY (weekdays)
$$;
COMMENT ON FUNCTION search_tells_until IS
    'The last day (Europe/London) on which a search with these windows may tell of a slot, or null';

COMMIT;
