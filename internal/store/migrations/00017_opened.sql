-- +goose Up
-- A digest that is planned when its time is over already is not late.

ALTER TABLE slot ADD COLUMN opened BIGINT NOT NULL DEFAULT 0; -- 1: its time had come when it was planned
