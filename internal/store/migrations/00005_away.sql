-- +goose Up
-- Spans in which members are asked and told nothing.

CREATE TABLE away (
    id          INTEGER PRIMARY KEY,
    member_id   BIGINT NOT NULL REFERENCES member (id),
    from_day    TEXT   NOT NULL,
    through_day TEXT   NOT NULL, -- the last day; 9999-12-31 if it is not known
    source      TEXT   NOT NULL, -- admin, mail, note
    mail_id     BIGINT REFERENCES mail (id),
    made_at     BIGINT NOT NULL
);
CREATE INDEX away_member ON away (member_id, from_day);
CREATE INDEX away_through ON away (through_day);
