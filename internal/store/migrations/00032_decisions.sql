-- +goose Up
-- What was decided is listed for who asks for it.

CREATE INDEX item_decision ON item (entry_id) WHERE kind = 'decision';
