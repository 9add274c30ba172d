-- +goose Up
-- Digests that a member asked for by mail, beside those of the day.

CREATE TABLE new_digest (
    id        INTEGER PRIMARY KEY,
    member_id BIGINT NOT NULL REFERENCES member (id),
    day       TEXT   NOT NULL,
    asked     BIGINT NOT NULL, -- the mail that asked for it, 0 for the day's own
    marks     TEXT   NOT NULL, -- a JSON object: the mark shown → item
    outbox_id BIGINT NOT NULL REFERENCES outbox (id),
    made_at   BIGINT NOT NULL,
    lapsed    BIGINT NOT NULL, -- 1: it could not be sent
    UNIQUE (member_id, day, asked)
);
INSERT INTO new_digest (id, member_id, day, asked, marks, outbox_id, made_at, lapsed)
SELECT id, member_id, day, 0, marks, outbox_id, made_at, lapsed FROM digest;

CREATE TABLE new_digest_reading ( -- what a digest told its reader of one team
    id          INTEGER PRIMARY KEY,
    digest_id   BIGINT NOT NULL REFERENCES new_digest (id),
    member_id   BIGINT NOT NULL REFERENCES member (id),
    team_id     BIGINT NOT NULL REFERENCES team (id),
    from_seq    BIGINT NOT NULL,
    through_seq BIGINT NOT NULL,
    made_at     BIGINT NOT NULL,
    owed        BIGINT NOT NULL -- 1: that digest could not be sent, another has to tell it
);
INSERT INTO new_digest_reading (id, digest_id, member_id, team_id, from_seq, through_seq, made_at, owed)
SELECT id, digest_id, member_id, team_id, from_seq, through_seq, made_at, owed FROM digest_reading;

DROP TABLE digest_reading;
DROP TABLE digest;
ALTER TABLE new_digest RENAME TO digest;
ALTER TABLE new_digest_reading RENAME TO digest_reading;
CREATE INDEX digest_made ON digest (member_id, lapsed, made_at);
CREATE UNIQUE INDEX digest_outbox ON digest (outbox_id);
CREATE INDEX digest_reading_digest ON digest_reading (digest_id);
CREATE INDEX digest_reading_owed ON digest_reading (member_id, team_id) WHERE owed = 1;

ALTER TABLE answer ADD COLUMN about_day TEXT NOT NULL DEFAULT '';   -- of a digest: since when, or whose digest it is
ALTER TABLE answer ADD COLUMN about_mail BIGINT NOT NULL DEFAULT 0; -- and by which mail that one had been asked for
