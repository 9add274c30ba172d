-- +goose Up
-- The leads of a member's teams are told once when mail to the member does not arrive any more.

CREATE TABLE notice (
    id        INTEGER PRIMARY KEY,
    member_id BIGINT NOT NULL REFERENCES member (id), -- the lead
    about_id  BIGINT NOT NULL REFERENCES member (id),
    due_at    BIGINT NOT NULL,
    made_at   BIGINT, -- NULL: owed
    outbox_id BIGINT REFERENCES outbox (id)
);
CREATE INDEX notice_owed ON notice (due_at) WHERE made_at IS NULL;
