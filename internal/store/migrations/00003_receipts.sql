-- +goose Up
-- Receipts show what was understood; a reply to one replaces what it showed.

ALTER TABLE team ADD COLUMN receipts TEXT NOT NULL DEFAULT '';   -- always, unsure, never; '' if not stated
ALTER TABLE member ADD COLUMN receipts TEXT NOT NULL DEFAULT '';

ALTER TABLE answer ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;  -- not made before
ALTER TABLE answer ADD COLUMN update_id BIGINT REFERENCES "update" (id); -- that it shows
ALTER TABLE answer ADD COLUMN left_out TEXT NOT NULL DEFAULT '[]'; -- a JSON array of what was not taken for the member's words

ALTER TABLE entry ADD COLUMN corrects BIGINT REFERENCES mail (id); -- the receipt, by the mail that it answers, which it replies to
CREATE INDEX answer_update ON answer (update_id, answered_at);
