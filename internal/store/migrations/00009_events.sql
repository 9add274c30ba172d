-- +goose Up
-- Leaves that a member's calendar tells of: what it says later of the same event moves them or calls them off.

CREATE TABLE event ( -- the latest version that is known
    id         INTEGER PRIMARY KEY,
    member_id  BIGINT NOT NULL REFERENCES member (id),
    uid        TEXT   NOT NULL, -- as the calendar names it
    instance   TEXT   NOT NULL, -- the one that is meant of an event that comes again, '' for the whole
    sequence   BIGINT NOT NULL,
    stamped_at BIGINT NOT NULL, -- 0: it does not say when it was written
    UNIQUE (member_id, uid, instance)
);

ALTER TABLE away ADD COLUMN event_id BIGINT REFERENCES event (id); -- that tells of it
CREATE INDEX away_event ON away (event_id) WHERE event_id IS NOT NULL;

ALTER TABLE answer ADD COLUMN called_off TEXT NOT NULL DEFAULT ''; -- the leaves that the mail ended before they began: "2026-08-03/2026-08-14 …"
