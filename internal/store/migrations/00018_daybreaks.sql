-- +goose Up
-- Some addresses are read by another daybreak: two that ask each other would never end.

ALTER TABLE member ADD COLUMN daybreak BIGINT NOT NULL DEFAULT 0; -- 1: with unreached_at; one mail is sent, if none was before, and no more
