-- +goose Up
-- After a restore a mail that was sent meanwhile is made once more, and may get another token: the key that signed it may be younger than the
-- backup, and a mail that it answered may have another number now.

CREATE TABLE sent_as (
    token TEXT NOT NULL PRIMARY KEY, -- that it was sent with, in small letters
    here  TEXT NOT NULL -- that it has now
);
