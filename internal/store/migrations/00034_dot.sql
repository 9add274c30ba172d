-- +goose Up
-- When the final dot of a mail was sent whose answer is not known, and that nobody has looked for since where sent mail is kept; else 0.

ALTER TABLE outbox ADD COLUMN dot_at BIGINT NOT NULL DEFAULT 0;
UPDATE outbox SET dot_at = created_at WHERE state = 'dot';
CREATE INDEX outbox_dot ON outbox (next_at) WHERE state = 'dot' AND dot_at <> 0;
