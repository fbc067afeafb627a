-- Finding people and bodies by a piece of their name, and their lists page by page.
--
-- A piece of a name is the beginning of one of the name's ends: 晓明 begins the second end of
-- 李晓明. So the ends stand in order of their bytes and a piece is a range of them: no word index,
-- the same on both engines, kept up to date with the row, true at once.
-- A person's name has few ends: an index over each of the first three. Names of bodies are long:
-- their ends are rows of name_part.

CREATE INDEX person_name ON person (name COLLATE BINARY, division, id)
    WHERE gone_ms = 9223372036854775807;
CREATE INDEX person_name_second ON person (substr(name, 2) COLLATE BINARY, division, id)
    WHERE gone_ms = 9223372036854775807;
CREATE INDEX person_name_third ON person (substr(name, 3) COLLATE BINARY, division, id)
    WHERE gone_ms = 9223372036854775807 AND length(name) > 3;

-- Lists: the people of a division, of a level; the bodies of a division.
CREATE INDEX person_division ON person (division, id) WHERE gone_ms = 9223372036854775807;
CREATE INDEX certificate_level ON certificate (level, person_id)
    WHERE gone_ms = 9223372036854775807 AND level IS NOT NULL;
CREATE INDEX organisation_division ON organisation (division, id)
    WHERE gone_ms = 9223372036854775807;

-- Staff of an employer in the order of the persons; before, only the employer stood in order.
DROP INDEX employment_employer;
CREATE INDEX employment_employer ON employment (employer, person_id)
    WHERE gone_ms = 9223372036854775807;

-- Ends of the current names of organisations (id = organisation_id) and of carriers.
CREATE TABLE name_part (
    organisation_id INTEGER NOT NULL, -- the organisation, or the one that the carrier belongs to
    id              INTEGER NOT NULL, -- the organisation or the carrier
    position        INT NOT NULL,     -- the character at which the end begins, from 1
    part            TEXT NOT NULL,    -- the end's first eight characters
    PRIMARY KEY (organisation_id, id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX name_part_text ON name_part (part COLLATE BINARY, organisation_id, id);

INSERT INTO name_part (organisation_id, id, position, part)
WITH RECURSIVE place (position) AS (
    SELECT 1 UNION ALL SELECT position + 1 FROM place WHERE position < 60)
SELECT o.id, o.id, p.position, substr(o.name, p.position, 8)
  FROM organisation o JOIN place p ON p.position <= length(o.name)
 WHERE o.gone_ms = 9223372036854775807;

INSERT INTO name_part (organisation_id, id, position, part)
WITH RECURSIVE place (position) AS (
    SELECT 1 UNION ALL SELECT position + 1 FROM place WHERE position < 60)
SELECT c.organisation_id, c.id, p.position, substr(c.name, p.position, 8)
  FROM carrier c JOIN place p ON p.position <= length(c.name)
 WHERE c.gone_ms = 9223372036854775807;
