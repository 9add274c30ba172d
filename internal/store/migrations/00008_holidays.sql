-- +goose Up
-- Public holidays by region, and the days off of whole teams. '' where there is nothing of the kind.

ALTER TABLE team ADD COLUMN holidays TEXT NOT NULL DEFAULT '';        -- regions, "DE-BY, AT", or "none"
ALTER TABLE member ADD COLUMN holidays TEXT NOT NULL DEFAULT '';
ALTER TABLE team ADD COLUMN own_days TEXT NOT NULL DEFAULT '';        -- a line each: "2027-05-07 Bridge day"
ALTER TABLE team ADD COLUMN calendar TEXT NOT NULL DEFAULT '';        -- the name of a file
ALTER TABLE team ADD COLUMN calendar_days TEXT NOT NULL DEFAULT '';   -- what it held, in lines as above
