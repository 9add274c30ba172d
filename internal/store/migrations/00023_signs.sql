-- +goose Up
-- Mails that tell of trouble.

ALTER TABLE mail ADD COLUMN missed BIGINT NOT NULL DEFAULT 0;    -- 1: it came to a reply address that daybreak did not make
ALTER TABLE mail ADD COLUMN unclaimed BIGINT NOT NULL DEFAULT 0; -- 1: a complaint of which nobody knows whose it is
CREATE INDEX mail_missed ON mail (received_at) WHERE missed = 1;
CREATE INDEX mail_unclaimed ON mail (received_at) WHERE unclaimed = 1;
