-- +goose Up
-- What a digest owes its reader is of the membership that it was made in, whatever the clock showed when they joined.

ALTER TABLE membership ADD COLUMN joined_seq BIGINT NOT NULL DEFAULT 0; -- the team's last entry when the member joined

UPDATE digest_reading SET owed = 0
WHERE owed = 1 AND made_at < (SELECT s.joined_at FROM membership s WHERE s.member_id = digest_reading.member_id AND s.team_id = digest_reading.team_id);
