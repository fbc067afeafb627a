-- What every city's database has: the steps of its schema, settings of the installation, the event
-- log and the positions of those who follow it.
--
-- Steps are written once for both engines; store/migrate.h tells which words differ.

-- Steps of the schema that this database has. A program refuses a database whose steps it does not
-- know or whose texts differ from its own.
CREATE TABLE schema_step (
    number     INT     NOT NULL PRIMARY KEY, -- of the file: 1 for 0001_store_base.sql
    name       TEXT    NOT NULL,             -- of the file, without .sql
    digest     BLOB    NOT NULL,             -- SM3 of the file's text
    applied_ms INTEGER NOT NULL              -- when, UTC milliseconds
) STRICT;

-- Values of the installation that must travel with the data, by name.
CREATE TABLE setting (
    name       TEXT    NOT NULL PRIMARY KEY, -- room.word, as in city.division_code
    value      TEXT    NOT NULL,             -- as the room that owns it writes it
    changed_ms INTEGER NOT NULL              -- when, UTC milliseconds
) STRICT, WITHOUT ROWID;

-- Indexes left out while a fresh database is filled, made again at the end (store.h). A database that
-- has the setting store.loading was interrupted then and is of no use.
CREATE TABLE load_index (
    name       TEXT    NOT NULL PRIMARY KEY, -- of the index
    definition TEXT    NOT NULL              -- the command that makes it
) STRICT, WITHOUT ROWID;

-- What happened, in the transaction of the fact itself. Rows are added, never changed.
CREATE TABLE event (
    id           INTEGER NOT NULL PRIMARY KEY, -- made by the application, ascends with time
    at_ms        INTEGER NOT NULL,             -- when, UTC milliseconds
    kind         TEXT    NOT NULL,             -- record.verb, as in certificate.corrected
    person_id    INTEGER NOT NULL,             -- the person it touches, 0 when none
    subject_id   INTEGER NOT NULL,             -- the row it tells of
    account_id   INTEGER NOT NULL,             -- who acted, 0 the system
    actor        TEXT    NOT NULL,             -- name of the face that acted: cli, import
    detail       TEXT                          -- small JSON object without personal data
) STRICT;

-- How far each follower of the event log has come; written in the transaction of its work.
CREATE TABLE event_follower (
    name       TEXT    NOT NULL PRIMARY KEY, -- of the follower, as in sweep
    event_id   INTEGER NOT NULL,             -- the last event it has dealt with
    changed_ms INTEGER NOT NULL              -- when, UTC milliseconds
) STRICT, WITHOUT ROWID;
