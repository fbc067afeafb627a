-- 0018_insight_book.sql — figures of the city, counted at an instant and kept: what pages show and
-- reports cite.

-- One count of all of them. It is never changed; freezing keeps it from being replaced.
CREATE TABLE insight_book (
    id            BIGINT NOT NULL, -- application-made
    as_of_day     INT NOT NULL,    -- day that it counts as of
    known_at_ms   BIGINT NOT NULL, -- facts known until then, UTC
    counted_ms    BIGINT NOT NULL, -- UTC
    event_id      BIGINT NOT NULL, -- newest event then, 0 when there was none
    person_count  BIGINT NOT NULL, -- registered persons
    frozen_ms     BIGINT NOT NULL, -- UTC; 0: not a report
    frozen_by     BIGINT NOT NULL, -- account; 0: not a report
    frozen_name   TEXT NOT NULL,   -- of who froze it
    title         TEXT NOT NULL,   -- of the report
    seal          TEXT NOT NULL,   -- SM3 over title, head and lines, in hexadecimal; of a report
    published_ms  BIGINT NOT NULL, -- UTC; 0: for the bureau alone
    published_by  BIGINT NOT NULL, -- account; 0
    PRIMARY KEY (id)
);
CREATE INDEX insight_book_frozen ON insight_book (frozen_ms, id) WHERE frozen_ms > 0;
CREATE INDEX insight_book_published ON insight_book (published_ms, id) WHERE published_ms > 0;

-- One figure, in words that stay readable when the documents have changed.
CREATE TABLE insight_line (
    book_id          BIGINT NOT NULL, -- insight_book
    line             INT NOT NULL,    -- from 1, in document order
    kind             INT NOT NULL,    -- 1 target, 2 duty, 3 indicator, 4 a year's end, 5 a month
    document_number  TEXT NOT NULL,   -- 文号
    article          TEXT NOT NULL,   -- heading of the article
    name             TEXT NOT NULL,   -- of the statement
    measure          TEXT NOT NULL,   -- name of the indicator
    unit             TEXT NOT NULL,   -- persons, person_times, bodies, items, person_days, ...
    operator         TEXT NOT NULL,   -- at_least, at_most, about, equal, full; '' without a plan
    planned          BIGINT,          -- in the unit, a rate in millionths; absent: no plan
    period_start_day INT,             -- absent: a stock
    period_end_day   INT NOT NULL,    -- of a stock: the day that it counts as of
    numerator        BIGINT,          -- absent: not known
    denominator      BIGINT NOT NULL, -- 1 unless it is a rate; of a duty: who owes it
    is_met           INT NOT NULL,    -- 1: the plan is reached
    PRIMARY KEY (book_id, line)
);

-- The same by division, where rows stand behind the figure.
CREATE TABLE insight_place (
    book_id     BIGINT NOT NULL, -- insight_book
    line        INT NOT NULL,    -- insight_line
    division    INT NOT NULL,    -- of the county; 0 when it is not known
    numerator   BIGINT NOT NULL, -- what the division adds to the figure
    denominator BIGINT NOT NULL, -- to its denominator; 1 unless it is a rate or a duty
    PRIMARY KEY (book_id, line, division)
);
