-- +goose Up
-- When members are told what others answer where they take part: with their digest, or at once by a notice about the item.

ALTER TABLE team ADD COLUMN comments TEXT NOT NULL DEFAULT '';   -- daily, at once; '' if not stated
ALTER TABLE member ADD COLUMN comments TEXT NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN item_id BIGINT; -- of comments: on which item

CREATE TABLE at_once ( -- the comments that a member is not told by their next digest
    member_id  BIGINT NOT NULL REFERENCES member (id),
    comment_id BIGINT NOT NULL REFERENCES comment (id),
    notice_id  BIGINT NOT NULL REFERENCES notice (id),
    owed       BIGINT NOT NULL, -- 1: that could not be sent, and the next digest tells it
    digest_id  BIGINT REFERENCES digest (id), -- which then did
    PRIMARY KEY (member_id, comment_id)
);
CREATE INDEX at_once_notice ON at_once (notice_id);
CREATE INDEX at_once_comment ON at_once (comment_id);
CREATE INDEX at_once_owed ON at_once (member_id) WHERE owed = 1;
CREATE INDEX at_once_digest ON at_once (digest_id) WHERE digest_id IS NOT NULL;
