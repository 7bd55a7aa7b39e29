BEGIN;
--
-- Remove constraint alert_reason from model useralert
--
ALTER TABLE "useralerts" DROP CONSTRAINT "alert_reason";
--
-- Remove constraint delivery_reason from model delivery
--
ALTER TABLE "alerts_delivery" DROP CONSTRAINT "delivery_reason";
--
-- Alter field state_reason on useralert
--
-- (no-op)
--
-- Alter field reason on delivery
--
-- (no-op)
--
-- Create not valid constraint alert_reason on model useralert
--
ALTER TABLE "useralerts" ADD CONSTRAINT "alert_reason" CHECK (("state_reason" IN ('told_enough', 'over_limit', 'slot_closed', 'search_deleted', 'search_ended', 'search_paused', 'search_changed', 'not_bookable', 'account_disabled', 'address_refuses', 'refused', 'retries_used_up', 'not_made', 'maybe_sent', 'mailed_instead', 'none_open', 'none_left', 'device_ended', 'device_removed') OR "state_reason"::text LIKE '% %')) NOT VALID;
--
-- Create not valid constraint delivery_reason on model delivery
--
ALTER TABLE "alerts_delivery" ADD CONSTRAINT "delivery_reason" CHECK (("reason" IN ('told_enough', 'over_limit', 'slot_closed', 'search_deleted', 'search_ended', 'search_paused', 'search_changed', 'not_bookable', 'account_disabled', 'address_refuses', 'refused', 'retries_used_up', 'not_made', 'maybe_sent', 'mailed_instead', 'none_open', 'none_left', 'device_ended', 'device_removed') OR "reason"::text LIKE '% %')) NOT VALID;
--
-- Raw SQL operation
--
-- (no-op)
COMMIT;
