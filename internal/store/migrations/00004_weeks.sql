-- +goose Up
-- Weeks that alternate, days with hours of their own, check-ins that are not asked every day. '' where there is nothing of the kind.

ALTER TABLE team ADD COLUMN weeks TEXT NOT NULL DEFAULT '';     -- "mon-fri / mon-thu from 2026-03-02", in place of days
ALTER TABLE team ADD COLUMN day_hours TEXT NOT NULL DEFAULT ''; -- "09:00-17:00, fri 09:00-13:00", in place of hours_start and hours_end
ALTER TABLE member ADD COLUMN weeks TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN day_hours TEXT NOT NULL DEFAULT '';
ALTER TABLE checkin ADD COLUMN schedule TEXT NOT NULL DEFAULT ''; -- "first mon of the month"
