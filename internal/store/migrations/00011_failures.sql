-- +goose Up
-- Mail of ours that did not reach a member: reports of it, and refusals by the server. Too much of it stops what is sent to them.

CREATE TABLE failure (
    id        INTEGER PRIMARY KEY,
    member_id BIGINT NOT NULL REFERENCES member (id),
    about     TEXT, -- names the mail that failed, NULL: not known
    hard      BIGINT NOT NULL, -- 1: trying again is of no use
    why       TEXT   NOT NULL, -- the server's words
    failed_at BIGINT NOT NULL,
    UNIQUE (member_id, about) -- a mail fails once, however often that is told
);
CREATE INDEX failure_at ON failure (member_id, failed_at);

ALTER TABLE member ADD COLUMN unreached_at BIGINT NOT NULL DEFAULT 0; -- since when nothing is sent, as it does not arrive; 0: it does
ALTER TABLE member ADD COLUMN probed_at BIGINT NOT NULL DEFAULT 0; -- when it was last tried all the same
ALTER TABLE member ADD COLUMN unreached_why TEXT NOT NULL DEFAULT '';
CREATE INDEX member_unreached ON member (unreached_at) WHERE unreached_at <> 0;
