-- +goose Up
-- A mail made before its member's hours, days or leaves were changed is looked at again before it is sent.

ALTER TABLE outbox ADD COLUMN revision BIGINT NOT NULL DEFAULT 0; -- of the member when it was made
