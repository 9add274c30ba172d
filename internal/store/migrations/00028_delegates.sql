-- +goose Up
-- The addresses that members allow to write updates for them.

CREATE TABLE delegate (
    addr      TEXT   NOT NULL,
    member_id BIGINT NOT NULL REFERENCES member (id),
    source    TEXT   NOT NULL, -- file, mail; refused: the file allows it, and the member does not
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (addr, member_id)
);
CREATE INDEX delegate_member ON delegate (member_id);

ALTER TABLE entry ADD COLUMN written_by TEXT NOT NULL DEFAULT ''; -- the address that wrote it for the member, '' for the member
