-- +goose Up
-- A day's digest has its turn once, also if there was nothing to say then and the member's rule changes later in the day.

ALTER TABLE member ADD COLUMN told_day TEXT NOT NULL DEFAULT '';   -- the newest whose digest was made or had nothing to say
ALTER TABLE member ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;   -- when that was
