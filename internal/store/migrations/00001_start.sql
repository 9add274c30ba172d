-- +goose Up
-- Times are Unix milliseconds UTC, days are local dates such as 2026-03-09, truths are 0 and 1. Only the engine's own names for a
-- growing key (INTEGER PRIMARY KEY) and for bytes (BLOB) differ in PostgreSQL.

CREATE TABLE reply_key ( -- secrets that sign reply addresses, the newest signs
    generation BIGINT NOT NULL PRIMARY KEY,
    secret     BLOB   NOT NULL,
    made_at    BIGINT NOT NULL -- 0: together with the database
);

CREATE TABLE team (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    slug        TEXT   NOT NULL UNIQUE,
    name        TEXT   NOT NULL,
    zone        TEXT   NOT NULL,
    days        BIGINT NOT NULL,
    hours_start BIGINT NOT NULL,
    hours_end   BIGINT NOT NULL,
    prompt_at   BIGINT,          -- minutes after midnight, NULL if not stated
    digest_at   BIGINT,
    seq         BIGINT NOT NULL, -- counts what became visible
    made_at     BIGINT NOT NULL
);

CREATE TABLE checkin (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    team_id    BIGINT NOT NULL REFERENCES team (id),
    name       TEXT   NOT NULL,
    questions  TEXT   NOT NULL, -- a JSON array
    reminder   BIGINT NOT NULL,
    position   BIGINT NOT NULL,
    removed_at BIGINT,
    UNIQUE (team_id, name)
);

CREATE TABLE member (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT   NOT NULL,
    zone        TEXT   NOT NULL,
    days        BIGINT NOT NULL,
    hours_start BIGINT NOT NULL,
    hours_end   BIGINT NOT NULL,
    prompt_at   BIGINT,
    digest_at   BIGINT,
    paused      BIGINT NOT NULL,
    planned     BIGINT NOT NULL, -- 1: the slots fit the revision
    revision    BIGINT NOT NULL, -- grows with each change that moves slots
    made_at     BIGINT NOT NULL
);
CREATE INDEX member_unplanned ON member (id) WHERE planned = 0;

CREATE TABLE address (
    addr      TEXT   NOT NULL UNIQUE,
    member_id BIGINT NOT NULL REFERENCES member (id),
    position  BIGINT NOT NULL, -- 0: the main one
    UNIQUE (member_id, position)
);

CREATE TABLE membership (
    id        INTEGER PRIMARY KEY,
    team_id   BIGINT NOT NULL REFERENCES team (id),
    member_id BIGINT NOT NULL REFERENCES member (id),
    lead      BIGINT NOT NULL,
    read_seq  BIGINT NOT NULL, -- the member has had everything up to here
    joined_at BIGINT NOT NULL,
    UNIQUE (member_id, team_id)
);
CREATE INDEX membership_team ON membership (team_id);

CREATE TABLE mailbox (
    id          INTEGER PRIMARY KEY,
    account     TEXT   NOT NULL UNIQUE,
    validity    BIGINT NOT NULL,
    numbering   BIGINT NOT NULL, -- grows whenever the server's UIDs begin to mean other mails
    last_uid    BIGINT NOT NULL,
    new_from    BIGINT NOT NULL, -- mails from this UID on came after the baseline
    baseline_at BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL -- 0: never
);

CREATE TABLE raw ( -- mails as they came; copies share a row
    id          INTEGER PRIMARY KEY,
    fingerprint BLOB   NOT NULL UNIQUE, -- when the mail was written, and SHA-256
    size        BIGINT NOT NULL, -- of what the body is when unpacked
    codec       TEXT   NOT NULL, -- none, deflate
    body        BLOB   NOT NULL
);

CREATE TABLE mail (
    id          INTEGER PRIMARY KEY,
    mailbox_id  BIGINT NOT NULL REFERENCES mailbox (id),
    numbering   BIGINT NOT NULL, -- of the mailbox
    uid         BIGINT NOT NULL,
    identity    TEXT, -- NULL: equal to no other
    raw_id      BIGINT REFERENCES raw (id),
    size        BIGINT NOT NULL,
    truncated   BIGINT NOT NULL,
    message_id  TEXT   NOT NULL,
    sender      TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    written_at  BIGINT NOT NULL, -- as the sender states, 0: not at all
    received_at BIGINT NOT NULL,
    accepted_at BIGINT NOT NULL,
    outcome     TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    member_id   BIGINT REFERENCES member (id),
    confidence  DOUBLE PRECISION NOT NULL,
    UNIQUE (mailbox_id, numbering, uid)
);
CREATE UNIQUE INDEX mail_identity ON mail (identity) WHERE outcome IN ('stored', 'command'); -- those that have effects
CREATE INDEX mail_outcome ON mail (outcome, received_at);

CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    dedupe      TEXT   NOT NULL UNIQUE,
    kind        TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    member_id   BIGINT REFERENCES member (id),
    mail_from   TEXT   NOT NULL,
    rcpt_to     TEXT   NOT NULL,
    message_id  TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    next_at     BIGINT NOT NULL, -- while leased: when the lease ends
    lease       BIGINT NOT NULL, -- its length in ms, 0: nobody works on it
    epoch       BIGINT NOT NULL,
    attempts    BIGINT NOT NULL,
    code        BIGINT NOT NULL,
    line        TEXT   NOT NULL,
    finished_at BIGINT NOT NULL -- sent or given up; 0: neither
);
CREATE INDEX outbox_due ON outbox (next_at) WHERE state IN ('queued', 'dot');
CREATE INDEX outbox_failed ON outbox (finished_at) WHERE state IN ('failed', 'expired');
CREATE INDEX outbox_member ON outbox (member_id, state);

CREATE TABLE letter ( -- what is sent, apart from its state: a changed row is written anew as a whole
    outbox_id INTEGER PRIMARY KEY REFERENCES outbox (id),
    body      TEXT NOT NULL, -- the text part
    raw       BLOB NOT NULL
);

CREATE TABLE prompt (
    id         INTEGER PRIMARY KEY,
    kind       TEXT   NOT NULL, -- prompt or reminder
    checkin_id BIGINT NOT NULL REFERENCES checkin (id),
    member_id  BIGINT NOT NULL REFERENCES member (id),
    day        TEXT   NOT NULL,
    questions  TEXT   NOT NULL, -- as they were asked
    outbox_id  BIGINT NOT NULL REFERENCES outbox (id),
    made_at    BIGINT NOT NULL,
    UNIQUE (member_id, day, checkin_id, kind)
);
CREATE UNIQUE INDEX prompt_outbox ON prompt (outbox_id);
CREATE INDEX prompt_checkin ON prompt (member_id, checkin_id, made_at);

CREATE TABLE digest (
    id        INTEGER PRIMARY KEY,
    member_id BIGINT NOT NULL REFERENCES member (id),
    day       TEXT   NOT NULL,
    marks     TEXT   NOT NULL, -- a JSON object: the mark shown → item
    outbox_id BIGINT NOT NULL REFERENCES outbox (id),
    made_at   BIGINT NOT NULL,
    lapsed    BIGINT NOT NULL, -- 1: it could not be sent
    UNIQUE (member_id, day)
);
CREATE INDEX digest_made ON digest (member_id, lapsed, made_at);
CREATE UNIQUE INDEX digest_outbox ON digest (outbox_id);

CREATE TABLE digest_reading ( -- what a digest told its reader of one team
    id          INTEGER PRIMARY KEY,
    digest_id   BIGINT NOT NULL REFERENCES digest (id),
    member_id   BIGINT NOT NULL REFERENCES member (id),
    team_id     BIGINT NOT NULL REFERENCES team (id),
    from_seq    BIGINT NOT NULL,
    through_seq BIGINT NOT NULL,
    made_at     BIGINT NOT NULL,
    owed        BIGINT NOT NULL -- 1: that digest could not be sent, another has to tell it
);
CREATE INDEX digest_reading_digest ON digest_reading (digest_id);
CREATE INDEX digest_reading_owed ON digest_reading (member_id, team_id) WHERE owed = 1;

CREATE TABLE slot (
    member_id  BIGINT NOT NULL REFERENCES member (id),
    kind       TEXT   NOT NULL,
    checkin_id BIGINT NOT NULL, -- 0 for a digest
    day        TEXT   NOT NULL,
    due_at     BIGINT NOT NULL,
    until_at   BIGINT NOT NULL,
    PRIMARY KEY (member_id, kind, checkin_id)
);
CREATE INDEX slot_due ON slot (due_at);
CREATE INDEX slot_checkin ON slot (checkin_id);

CREATE TABLE "update" (
    id         INTEGER PRIMARY KEY,
    team_id    BIGINT NOT NULL REFERENCES team (id),
    checkin_id BIGINT NOT NULL REFERENCES checkin (id),
    member_id  BIGINT NOT NULL REFERENCES member (id),
    day        TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    UNIQUE (member_id, day, checkin_id, team_id)
);

CREATE TABLE entry ( -- what one mail adds to an update
    id           INTEGER PRIMARY KEY,
    update_id    BIGINT NOT NULL REFERENCES "update" (id),
    mail_id      BIGINT NOT NULL UNIQUE REFERENCES mail (id),
    team_id      BIGINT NOT NULL REFERENCES team (id),
    seq          BIGINT, -- NULL: archived, never news
    correction   BIGINT NOT NULL,
    accepted_at  BIGINT NOT NULL,
    withdrawn_at BIGINT,
    UNIQUE (team_id, seq)
);
CREATE INDEX entry_update ON entry (update_id);

CREATE TABLE item (
    id       INTEGER PRIMARY KEY,
    entry_id BIGINT NOT NULL REFERENCES entry (id),
    position BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    question BIGINT NOT NULL, -- -1: none
    asked    TEXT   NOT NULL, -- its words when it was asked
    words    TEXT   NOT NULL,
    UNIQUE (entry_id, position)
);

CREATE TABLE answer ( -- owed to a member for a mail
    mail_id     INTEGER PRIMARY KEY REFERENCES mail (id),
    member_id   BIGINT NOT NULL REFERENCES member (id),
    kind        TEXT   NOT NULL,
    owed_at     BIGINT NOT NULL,
    answered_at BIGINT,
    outbox_id   BIGINT REFERENCES outbox (id)
);
CREATE INDEX answer_owed ON answer (mail_id) WHERE answered_at IS NULL;
CREATE INDEX answer_member ON answer (member_id, owed_at);
