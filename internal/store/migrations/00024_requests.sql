-- +goose Up
-- Members ask to join a team, and one of its leads decides.

CREATE TABLE request (
    id         INTEGER PRIMARY KEY,
    member_id  BIGINT NOT NULL REFERENCES member (id),
    team_id    BIGINT NOT NULL REFERENCES team (id),
    asked_at   BIGINT NOT NULL,
    settled_at BIGINT,
    verdict    TEXT   NOT NULL -- yes, no, withdrawn; '' while it is open
);
CREATE INDEX request_member ON request (member_id, team_id);
