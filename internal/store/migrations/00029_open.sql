-- +goose Up
-- Things said that stay open until somebody says what became of them: what is in the way, and what somebody is asked.

CREATE TABLE open_item (
    item_id   BIGINT NOT NULL PRIMARY KEY REFERENCES item (id),
    team_id   BIGINT NOT NULL REFERENCES team (id),
    since     TEXT   NOT NULL, -- the day about which it was said first
    asked_id  BIGINT REFERENCES member (id), -- NULL: nobody in particular
    due_at    BIGINT NOT NULL, -- of an answer, 0: none is
    closed_at BIGINT,
    closed_by BIGINT REFERENCES member (id)
);
CREATE INDEX open_item_team ON open_item (team_id, since) WHERE closed_at IS NULL;
CREATE INDEX open_item_asked ON open_item (asked_id);
