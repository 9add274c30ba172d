-- +goose Up
-- What a prompt listed of the member's last plan, so that a reply can name it by number.

ALTER TABLE prompt ADD COLUMN plan TEXT NOT NULL DEFAULT '[]';   -- a JSON array, in the order of the numbers
ALTER TABLE prompt ADD COLUMN plan_day TEXT NOT NULL DEFAULT ''; -- on which it was said, '' for none
