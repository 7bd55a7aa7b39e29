BEGIN;
--
-- Raw SQL operation
--
DROP INDEX centers_postcode_postcode_7dd9213a_like;
COMMIT;
