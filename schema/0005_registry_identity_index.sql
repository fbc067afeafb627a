-- The index by which an import finds the owner of each row now answers alone: with gone_ms in it
-- SQLite need not look into the person's row as well, which is wide and far away.

DROP INDEX person_identity;
CREATE UNIQUE INDEX person_identity ON person (identity_index, gone_ms)
    WHERE gone_ms = 9223372036854775807;
