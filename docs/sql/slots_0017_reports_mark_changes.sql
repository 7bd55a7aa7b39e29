BEGIN;
--
-- Raw SQL operation
--
DROP TRIGGER marks_change ON slots_slotopening;
CREATE TRIGGER marks_change AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF slot_id, opened_at, closed_at, quiet, reported_gone_at ON slots_slotopening FOR EACH STATEMENT EXECUTE FUNCTION slots_mark_change();
COMMIT;
