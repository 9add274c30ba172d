-- +goose Up
-- That the database was restored from a backup, and how far the time since has been caught up with; without a row it was not, or all of it.

CREATE TABLE restored (
    id      INTEGER PRIMARY KEY, -- 1: there is one row at most
    through BIGINT NOT NULL
);
