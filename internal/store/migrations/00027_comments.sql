-- +goose Up
-- What members answer to items. It is numbered with the entries of the item's team, so that a digest that has told up to a number has told it.

CREATE TABLE comment (
    id           INTEGER PRIMARY KEY,
    item_id      BIGINT NOT NULL REFERENCES item (id),
    team_id      BIGINT NOT NULL REFERENCES team (id),
    seq          BIGINT NOT NULL, -- those of one mail to one team share it
    member_id    BIGINT NOT NULL REFERENCES member (id),
    mail_id      BIGINT NOT NULL REFERENCES mail (id),
    position     BIGINT NOT NULL, -- in the mail
    kind         TEXT   NOT NULL, -- comment, reaction
    words        TEXT   NOT NULL,
    made_at      BIGINT NOT NULL,
    withdrawn_at BIGINT,
    UNIQUE (mail_id, position)
);
CREATE INDEX comment_team ON comment (team_id, seq);
CREATE INDEX comment_item ON comment (item_id);
CREATE INDEX comment_member ON comment (member_id);

-- The marks that a mail shows are kept with the mail, whatever kind it is.
ALTER TABLE letter ADD COLUMN marks TEXT NOT NULL DEFAULT '{}'; -- a JSON object: the mark shown → item
UPDATE letter SET marks = COALESCE((SELECT d.marks FROM digest d WHERE d.outbox_id = letter.outbox_id), '{}');
ALTER TABLE digest DROP COLUMN marks;
