-- +goose Up
-- A roll-up of each week, as a mail of its own.

ALTER TABLE team ADD COLUMN rollup TEXT NOT NULL DEFAULT '';       -- weekly, never; '' if not stated
ALTER TABLE member ADD COLUMN rollup TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN rolled_day TEXT NOT NULL DEFAULT ''; -- the last day whose roll-up was made or had nothing to say
ALTER TABLE member ADD COLUMN rolled_at BIGINT NOT NULL DEFAULT 0;

CREATE TABLE rollup (
    id        INTEGER PRIMARY KEY,
    member_id BIGINT NOT NULL REFERENCES member (id),
    week      TEXT   NOT NULL, -- the first day of the reader's working week
    day       TEXT   NOT NULL,
    outbox_id BIGINT NOT NULL REFERENCES outbox (id),
    made_at   BIGINT NOT NULL,
    lapsed    BIGINT NOT NULL, -- 1: it could not be sent
    UNIQUE (member_id, week)
);
CREATE UNIQUE INDEX rollup_outbox ON rollup (outbox_id);

CREATE TABLE rollup_reading ( -- what a roll-up told its reader of one team
    rollup_id   BIGINT NOT NULL REFERENCES rollup (id),
    team_id     BIGINT NOT NULL REFERENCES team (id),
    from_seq    BIGINT NOT NULL,
    through_seq BIGINT NOT NULL,
    PRIMARY KEY (rollup_id, team_id)
);
CREATE INDEX rollup_reading_team ON rollup_reading (team_id);
