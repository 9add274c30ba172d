-- +goose Up
-- How often digests come.

ALTER TABLE team ADD COLUMN digests TEXT NOT NULL DEFAULT '';   -- daily, weekly; '' if not stated
ALTER TABLE member ADD COLUMN digests TEXT NOT NULL DEFAULT '';
