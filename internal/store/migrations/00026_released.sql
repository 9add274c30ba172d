-- +goose Up
-- The answer to a yes tells of each mail that was held what came of it.

ALTER TABLE answer ADD COLUMN refused TEXT NOT NULL DEFAULT '[]'; -- a JSON array: those that did not do what their writer wanted, and why
