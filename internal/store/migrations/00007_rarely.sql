-- +goose Up
-- A prompt that was put off by a week because nobody answered comes back with the next answer.

ALTER TABLE slot ADD COLUMN rarely BIGINT NOT NULL DEFAULT 0; -- 1: put off
