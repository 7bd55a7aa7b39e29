BEGIN;
--
-- Raw SQL operation
--

ALTER TABLE auditlogs ADD CONSTRAINT auditlogs_user_id_fk
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE SET NULL
;
COMMIT;
