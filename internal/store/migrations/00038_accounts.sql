-- +goose Up
-- Which folder of which account each name of a mailbox stood for when the daemon last started: an account keeps its place in the mails when it
-- becomes the first of several, or stops being it. And several accounts may be in trouble, each by itself.

CREATE TABLE folder (
    account TEXT NOT NULL PRIMARY KEY, -- as in mailbox
    server  TEXT NOT NULL, -- and who logs in there
    name    TEXT NOT NULL
);

CREATE TABLE new_trouble (
    kind      TEXT   NOT NULL,
    about     TEXT   NOT NULL, -- which of several accounts; '': there is but one such thing
    since     BIGINT NOT NULL,
    ended_at  BIGINT NOT NULL, -- 0: it lasts
    what      TEXT   NOT NULL,
    hint      TEXT   NOT NULL,
    told      BIGINT NOT NULL, -- how many mails told of it since it began
    told_at   BIGINT NOT NULL, -- the last of its kind, 0: never
    over_told BIGINT NOT NULL, -- 1: nothing is to be told of its end
    outbox_id BIGINT REFERENCES outbox (id), -- the last mail
    PRIMARY KEY (kind, about)
);
INSERT INTO new_trouble (kind, about, since, ended_at, what, hint, told, told_at, over_told, outbox_id)
SELECT kind, '', since, ended_at, what, hint, told, told_at, over_told, outbox_id FROM trouble;
DROP TABLE trouble;
ALTER TABLE new_trouble RENAME TO trouble;
