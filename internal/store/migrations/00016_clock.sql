-- +goose Up
-- The latest that the wall clock has shown: one that is set back after that was ahead, and what was planned by it is wrong.

CREATE TABLE clock (
    id       INTEGER PRIMARY KEY, -- 1: there is one row
    shown_at BIGINT NOT NULL
);
