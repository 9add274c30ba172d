-- +goose Up
-- What leads order by mail for their teams: who is in them, who is asked to be, and the team's rule.

ALTER TABLE change ADD COLUMN team_id BIGINT REFERENCES team (id);    -- whose rule, or in which a member's place changed
ALTER TABLE change ADD COLUMN asked_by BIGINT REFERENCES member (id); -- the lead; NULL: the member themselves, or not by mail
CREATE INDEX change_asked ON change (asked_by, id) WHERE asked_by IS NOT NULL;

ALTER TABLE answer ADD COLUMN team_id BIGINT REFERENCES team (id); -- that it is about

ALTER TABLE notice ADD COLUMN kind TEXT NOT NULL DEFAULT 'unreached'; -- unreached, welcome, invitation, joined, declined, complained
ALTER TABLE notice ADD COLUMN team_id BIGINT REFERENCES team (id);
CREATE INDEX notice_outbox ON notice (outbox_id) WHERE outbox_id IS NOT NULL;

CREATE TABLE invitation (
    id         INTEGER PRIMARY KEY,
    addr       TEXT   NOT NULL UNIQUE, -- nobody is asked twice
    member_id  BIGINT NOT NULL REFERENCES member (id), -- in no team, if they are not of another one
    team_id    BIGINT NOT NULL REFERENCES team (id),
    lead_id    BIGINT NOT NULL REFERENCES member (id),
    notice_id  BIGINT NOT NULL UNIQUE REFERENCES notice (id),
    asked_at   BIGINT NOT NULL,
    settled_at BIGINT,
    verdict    TEXT   NOT NULL -- yes, no, withdrawn, undelivered; '' while it is open
);
CREATE INDEX invitation_member ON invitation (member_id);

CREATE TABLE former ( -- places in teams that were given up by mail, to be had again as they were
    member_id     BIGINT NOT NULL REFERENCES member (id),
    team_id       BIGINT NOT NULL REFERENCES team (id),
    membership_id BIGINT NOT NULL,
    lead          BIGINT NOT NULL,
    read_seq      BIGINT NOT NULL,
    joined_seq    BIGINT NOT NULL,
    joined_at     BIGINT NOT NULL,
    PRIMARY KEY (member_id, team_id)
);

-- Who is in a team, or is not, by an order in a mail. It holds until a team file says something else than it did then.
CREATE TABLE chosen_place (
    member_id BIGINT NOT NULL REFERENCES member (id),
    team_id   BIGINT NOT NULL REFERENCES team (id),
    filed     BIGINT NOT NULL, -- 1: the team file had them in it
    PRIMARY KEY (member_id, team_id)
);

-- Parts of a team's rule that a lead chose by mail, likewise.
CREATE TABLE chosen_team (
    team_id BIGINT NOT NULL REFERENCES team (id),
    part    TEXT   NOT NULL, -- the key of the part
    filed   TEXT   NOT NULL, -- what the team file stated
    PRIMARY KEY (team_id, part)
);
