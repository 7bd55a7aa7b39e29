BEGIN;
--
-- Validate constraint alert_reason on model useralert
--
ALTER TABLE "useralerts" VALIDATE CONSTRAINT "alert_reason";
--
-- Validate constraint delivery_reason on model delivery
--
ALTER TABLE "alerts_delivery" VALIDATE CONSTRAINT "delivery_reason";
--
-- Validate constraint delivery_channel on model delivery
--
ALTER TABLE "alerts_delivery" VALIDATE CONSTRAINT "delivery_channel";
--
-- Validate constraint delivery_target on model delivery
--
ALTER TABLE "alerts_delivery" VALIDATE CONSTRAINT "delivery_target";
COMMIT;
