--
-- Raw SQL operation
--

CREATE UNIQUE INDEX CONCURRENTLY search_rests_once ON alerts_searchending (user_id, booked_for)
 WHERE booked_for IS NOT NULL
;
