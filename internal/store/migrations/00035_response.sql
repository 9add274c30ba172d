-- +goose Up
-- Within what time a team has agreed to answer questions.

ALTER TABLE team ADD COLUMN response TEXT NOT NULL DEFAULT ''; -- such as 4h or 2d; '' if nothing was agreed
