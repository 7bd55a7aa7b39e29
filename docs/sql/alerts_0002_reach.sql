BEGIN;
--
-- Create model Reach
--
CREATE TABLE "alerts_reach" ("miles" double precision NULL, "center_id" integer NOT NULL, "search_id" integer NOT NULL, PRIMARY KEY ("center_id", "search_id"));
--
-- Raw SQL operation
--

ALTER TABLE alerts_reach
    DROP CONSTRAINT alerts_reach_pkey,
    ADD CONSTRAINT alerts_reach_pkey PRIMARY KEY (center_id, search_id) INCLUDE (miles)
;
CREATE INDEX "alerts_reach_search_id_f6cce0ee" ON "alerts_reach" ("search_id");
COMMIT;
