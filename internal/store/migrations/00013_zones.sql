-- +goose Up
-- How the clocks of the zones in use went when members were last planned by them: zone data is updated under a database.

CREATE TABLE zone (
    name   TEXT NOT NULL PRIMARY KEY,
    clocks TEXT NOT NULL
);
