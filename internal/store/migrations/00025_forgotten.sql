-- +goose Up
-- Addresses whose owners asked to be forgotten, as what they hash to: a team file that has one still does not bring it back.

CREATE TABLE forgotten (
    hash         TEXT   NOT NULL PRIMARY KEY,
    forgotten_at BIGINT NOT NULL
);
