BEGIN;
--
-- Raw SQL operation
--
UPDATE useralerts SET state_reason = known.code FROM
    (VALUES
    ('mailed_instead', 'went by e-mail instead'),
    ('told_enough', 'told of this slot 3 times in 24 hours'),
    ('over_limit', 'over the daily limit'),
    ('slot_closed', 'the slot was no longer open'),
    ('search_deleted', 'the search was deleted'),
    ('search_ended', 'the search was ended'),
    ('search_paused', 'the search was paused'),
    ('search_changed', 'the search was changed, and no longer asks for it'),
    ('account_disabled', 'the account is disabled'),
    ('address_refuses', 'the address refuses mail'),
    ('refused', 'refused for good'),
    ('retries_used_up', 'retries used up'),
    ('not_made', 'its message could not be made'),
    ('maybe_sent', 'it may have been sent before the service was restored'),
    ('none_open', 'no slot in it was still open'),
    ('none_left', 'all that it was to tell has been told or ended'),
    ('device_ended', 'the device was ended'),
    ('device_removed', 'the device was removed')
    ) AS known (code, sentence)
 WHERE state_reason = known.sentence;
UPDATE alerts_delivery SET reason = known.code FROM
    (VALUES
    ('mailed_instead', 'went by e-mail instead'),
    ('told_enough', 'told of this slot 3 times in 24 hours'),
    ('over_limit', 'over the daily limit'),
    ('slot_closed', 'the slot was no longer open'),
    ('search_deleted', 'the search was deleted'),
    ('search_ended', 'the search was ended'),
    ('search_paused', 'the search was paused'),
    ('search_changed', 'the search was changed, and no longer asks for it'),
    ('account_disabled', 'the account is disabled'),
    ('address_refuses', 'the address refuses mail'),
    ('refused', 'refused for good'),
    ('retries_used_up', 'retries used up'),
    ('not_made', 'its message could not be made'),
    ('maybe_sent', 'it may have been sent before the service was restored'),
    ('none_open', 'no slot in it was still open'),
    ('none_left', 'all that it was to tell has been told or ended'),
    ('device_ended', 'the device was ended'),
    ('device_removed', 'the device was removed')
    ) AS known (code, sentence)
 WHERE reason = known.sentence;
--
-- Validate constraint alert_reason on model useralert
--
ALTER TABLE "useralerts" VALIDATE CONSTRAINT "alert_reason";
--
-- Validate constraint delivery_reason on model delivery
--
ALTER TABLE "alerts_delivery" VALIDATE CONSTRAINT "delivery_reason";
COMMIT;
