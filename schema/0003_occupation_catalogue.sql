-- The code tables of the city as the program last read them from catalogue/: a copy for readers of
-- the database, who join codes to names here. The files are the source; a changed file replaces the
-- copy of its catalogue whole.

-- What was copied, and when.
CREATE TABLE catalogue_load (
    catalogue   TEXT    NOT NULL PRIMARY KEY, -- occupation, division, ...; register:NAME for a list
    digest      BLOB    NOT NULL,             -- SM3 of the entries
    entry_count INT     NOT NULL,             -- rows copied
    loaded_ms   INTEGER NOT NULL              -- when, UTC milliseconds
) STRICT, WITHOUT ROWID;

-- One name of one code while it is in force. Further names (work types, short names) are not copied.
CREATE TABLE catalogue_entry (
    catalogue TEXT    NOT NULL, -- occupation, division, industry, honour, project, group
    code      INTEGER NOT NULL, -- 6180101, 370811
    from_day  INT     NOT NULL, -- first day in force, civil day; -719162 when unbounded
    to_day    INT     NOT NULL, -- last day in force, civil day; 2932896 when open
    name      TEXT    NOT NULL, -- 车工
    label     TEXT    NOT NULL, -- printed code, 6-18-01-01; empty when the number is printed
    PRIMARY KEY (catalogue, code, from_day)
) STRICT, WITHOUT ROWID;

-- Codes of a dated list that policy documents name, such as a list of shortage occupations.
CREATE TABLE catalogue_register_row (
    list      TEXT    NOT NULL, -- name of the list
    catalogue TEXT    NOT NULL, -- whose codes it holds
    code      INTEGER NOT NULL, -- code on the list
    from_day  INT     NOT NULL, -- first day on the list, civil day; -719162 when unbounded
    to_day    INT     NOT NULL, -- last day on the list, civil day; 2932896 when open
    PRIMARY KEY (list, code, from_day)
) STRICT, WITHOUT ROWID;
