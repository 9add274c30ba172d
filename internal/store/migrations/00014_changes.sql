-- +goose Up
-- What is changed by mail or by the admin, and by whom; what members chose themselves; where their mail clients say they are.

CREATE TABLE change (
    id        INTEGER PRIMARY KEY,
    made_at   BIGINT NOT NULL,
    made_by   TEXT   NOT NULL,                      -- mail, note, calendar, admin
    mail_id   BIGINT REFERENCES mail (id),          -- that asked for it
    member_id BIGINT REFERENCES member (id),        -- whose; NULL for a team's
    what      TEXT   NOT NULL,                      -- the key of a part of the rule, paused, away; else words
    was       TEXT   NOT NULL,
    became    TEXT   NOT NULL,
    undoes    BIGINT REFERENCES change (id)         -- the change that this one takes back
);
CREATE INDEX change_member ON change (member_id, id);
CREATE INDEX change_mail ON change (mail_id);

-- Parts of a member's rule that they chose by mail. They hold until a team file states something else than it did then.
CREATE TABLE chosen (
    member_id BIGINT NOT NULL REFERENCES member (id),
    part      TEXT   NOT NULL, -- the key of the part
    filed     TEXT   NOT NULL, -- what the team file stated
    PRIMARY KEY (member_id, part)
);

ALTER TABLE answer ADD COLUMN doubt TEXT NOT NULL DEFAULT '';              -- why an order was not understood
ALTER TABLE answer ADD COLUMN zone_offset BIGINT NOT NULL DEFAULT 0;        -- seconds ahead of UTC in which mails of the member were dated
ALTER TABLE answer ADD COLUMN attempts TEXT NOT NULL DEFAULT '[]';         -- a JSON array of orders that may have been meant

ALTER TABLE member ADD COLUMN tells_zone BIGINT NOT NULL DEFAULT 0;        -- 1: mails of theirs were dated in their own zone, not just in UTC
ALTER TABLE member ADD COLUMN other_offset BIGINT;                         -- seconds ahead of UTC in which their latest mails were dated, unlike their zone
ALTER TABLE member ADD COLUMN other_mails BIGINT NOT NULL DEFAULT 0;       -- how many of these came in a row

CREATE TABLE asked_zone ( -- offsets about which a member was asked whether they moved there
    member_id   BIGINT NOT NULL REFERENCES member (id),
    zone_offset BIGINT NOT NULL, -- seconds ahead of UTC
    PRIMARY KEY (member_id, zone_offset)
);
