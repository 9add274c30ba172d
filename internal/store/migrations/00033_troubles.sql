-- +goose Up
-- What keeps daybreak from its work, as it is now or was last, and what the admin was told of it. And when the whole database was looked at
-- for damage.

CREATE TABLE trouble (
    kind      TEXT   NOT NULL PRIMARY KEY,
    since     BIGINT NOT NULL,
    ended_at  BIGINT NOT NULL, -- 0: it lasts
    what      TEXT   NOT NULL,
    hint      TEXT   NOT NULL,
    told      BIGINT NOT NULL, -- how many mails told of it since it began
    told_at   BIGINT NOT NULL, -- the last of its kind, 0: never
    over_told BIGINT NOT NULL, -- 1: nothing is to be told of its end
    outbox_id BIGINT REFERENCES outbox (id) -- the last mail
);

CREATE TABLE checkup (
    id         INTEGER PRIMARY KEY, -- 1: there is one row
    checked_at BIGINT NOT NULL,
    damage     TEXT   NOT NULL -- '': none
);

CREATE INDEX outbox_sent ON outbox (kind, finished_at) WHERE state = 'sent';
