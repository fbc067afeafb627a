-- Sittings, payments, apprentice agreements, schooling, what a body may assess, members of studios;
-- and what contests and activities lacked.

-- 评价记录: a sitting of a person, with its marks.
CREATE TABLE assessment (
    person_id   INTEGER NOT NULL, -- the person it belongs to
    id          INTEGER NOT NULL, -- the same for all versions of one record
    known_ms    INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms     INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    assess_body INTEGER,          -- 评价机构, id of organisation
    kind        INT NOT NULL,     -- 评价类别, code of certificate_kind
    occupation  INT NOT NULL,     -- 职业, code of catalogue occupation
    level       INT,              -- 申报等级, code of skill_level
    assess_day  INT NOT NULL,     -- 评价日期, civil day
    attended    INT,              -- 到场, 0 or 1
    theory_mark INT,              -- 理论成绩, count
    skill_mark  INT,              -- 技能成绩, count
    review_mark INT,              -- 综合评审成绩, count
    source      TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 补贴发放: money that a person got, here or elsewhere, so that nothing is paid twice.
CREATE TABLE payment (
    person_id  INTEGER NOT NULL, -- the person it belongs to
    id         INTEGER NOT NULL, -- the same for all versions of one record
    known_ms   INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms    INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    kind       INT NOT NULL,     -- 补贴类别, code of subsidy_kind
    occupation INT,              -- 职业, code of catalogue occupation
    level      INT,              -- 等级, code of skill_level
    amount_fen INTEGER NOT NULL, -- 金额, fen
    paid_day   INT NOT NULL,     -- 发放日期, civil day
    place      INT,              -- 发放地, code of catalogue division
    source     TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 学徒协议: a person apprenticed to a firm, with a mentor on either side.
CREATE TABLE apprentice_agreement (
    person_id        INTEGER NOT NULL, -- the person it belongs to
    id               INTEGER NOT NULL, -- the same for all versions of one record
    known_ms         INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms          INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    employer         INTEGER NOT NULL, -- 用人单位, id of organisation
    school           INTEGER,          -- 培训机构, id of organisation
    employer_mentor  INTEGER,          -- 企业导师, id of person
    school_mentor    INTEGER,          -- 院校导师, id of person
    monthly_wage_fen INTEGER,          -- 月工资, fen
    from_day         INT NOT NULL,     -- 协议起始日期, civil day
    to_day           INT,              -- 协议终止日期, civil day; absent: has not come
    source           TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 学籍: a person at a school, in a class that leads to a level or degree.
CREATE TABLE enrolment (
    person_id     INTEGER NOT NULL, -- the person it belongs to
    id            INTEGER NOT NULL, -- the same for all versions of one record
    known_ms      INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms       INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    school        INTEGER NOT NULL, -- 学校, id of organisation
    class_kind    INT NOT NULL,     -- 班级类型, code of class_kind
    occupation    INT,              -- 职业, code of catalogue occupation
    enrolled_day  INT NOT NULL,     -- 入学日期, civil day
    graduated_day INT,              -- 毕业日期, civil day; absent: has not come
    source        TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 备案职业: an occupation and its levels that a body may assess.
CREATE TABLE filing_scope (
    organisation_id INTEGER NOT NULL, -- the organisation it belongs to
    id              INTEGER NOT NULL, -- the same for all versions of one record
    known_ms        INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms         INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    occupation      INT NOT NULL,     -- 职业, code of catalogue occupation
    lowest_level    INT,              -- 最低等级, code of skill_level
    highest_level   INT,              -- 最高等级, code of skill_level
    from_day        INT NOT NULL,     -- 备案日期, civil day
    to_day          INT,              -- 失效日期, civil day; absent: has not come
    source          TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (organisation_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 工作室成员: who belongs to the team of a studio, from entry to exit.
CREATE TABLE carrier_member (
    carrier_id  INTEGER NOT NULL, -- the carrier it belongs to
    id          INTEGER NOT NULL, -- the same for all versions of one record
    known_ms    INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms     INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    member      INTEGER NOT NULL, -- 成员, id of person
    grade       INT NOT NULL,     -- 成员级别, code of member_grade
    joined_day  INT NOT NULL,     -- 入室日期, civil day
    left_day    INT,              -- 退出日期, civil day; absent: has not come
    left_reason TEXT,             -- 退出原因
    source      TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (carrier_id, id, known_ms)
) STRICT, WITHOUT ROWID;

ALTER TABLE award ADD COLUMN contest_kind INT;        -- 竞赛类型, code of contest_kind
ALTER TABLE carrier_activity ADD COLUMN speaker INTEGER; -- 主讲人, id of person
ALTER TABLE contest ADD COLUMN occupation INT;        -- 职业, code of catalogue occupation
ALTER TABLE contest ADD COLUMN day_count INT;         -- 天数, count
