-- +goose Up
-- What members say to one other alone, until it is sent: it is kept nowhere else.

CREATE TABLE private (
    notice_id BIGINT PRIMARY KEY REFERENCES notice (id), -- to whom, from whom
    mail_id   BIGINT NOT NULL REFERENCES mail (id),
    item_id   BIGINT NOT NULL, -- that it is about, 0 for none
    words     TEXT   NOT NULL, -- '' once its mail is made
    owed_at   BIGINT NOT NULL
);
CREATE INDEX private_mail ON private (mail_id);
CREATE INDEX private_owed ON private (owed_at) WHERE words <> '';
