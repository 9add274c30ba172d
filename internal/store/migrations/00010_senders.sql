-- +goose Up
-- Mail whose sender is not known to be the member that it claims is held, and the member asked about it.

ALTER TABLE team ADD COLUMN sender_check TEXT NOT NULL DEFAULT ''; -- off, warn, require; '' if not stated
ALTER TABLE address ADD COLUMN source TEXT NOT NULL DEFAULT '';    -- '' as a team file or the admin says, mail: confirmed by the member

CREATE TABLE confirmation (
    id         INTEGER PRIMARY KEY,
    member_id  BIGINT NOT NULL REFERENCES member (id),
    addr       TEXT   NOT NULL, -- that the mail came from
    mail_id    BIGINT NOT NULL REFERENCES mail (id), -- the first of those that it is about
    asked_at   BIGINT NOT NULL,
    settled_at BIGINT, -- NULL: open
    settled_by BIGINT REFERENCES mail (id), -- the member's answer
    verdict    TEXT   NOT NULL -- yes, no, lapsed; '' while it is open
);
CREATE UNIQUE INDEX confirmation_open ON confirmation (member_id, addr) WHERE settled_at IS NULL;
CREATE INDEX confirmation_asked ON confirmation (member_id, asked_at);
CREATE UNIQUE INDEX confirmation_mail ON confirmation (mail_id);
CREATE INDEX confirmation_answer ON confirmation (settled_by);

ALTER TABLE mail ADD COLUMN confirmation_id BIGINT REFERENCES confirmation (id);
CREATE INDEX mail_confirmation ON mail (confirmation_id) WHERE confirmation_id IS NOT NULL;
