-- The registry: what the city knows about people and organisations, with both times.
--
-- A row is one version of one record: known_ms says when the office learned it, gone_ms when a
-- correction replaced it. Rows are added; only gone_ms of a current row is ever set. What holds now
-- has gone_ms = 9223372036854775807. Days inside the row say when the fact itself holds.
-- Rows stand together under their owner (the first key column), which is how they are read.
-- Columns follow src/domain/registry/registry.def; a test compares the two on both engines.

-- 人员: one human being of the city; secrets are sealed and found by their blind index.
CREATE TABLE person (
    id                  BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms            BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms             BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    name                TEXT NOT NULL,    -- 姓名
    identity_kind       INTEGER,          -- 证件类型, code of identity_kind
    identity_sealed     BLOB NOT NULL,    -- 证件号码, sealed
    identity_index      BLOB NOT NULL,    -- 证件号码, blind index of the clear value
    birth_day           INTEGER,          -- 出生日期, civil day
    sex                 INTEGER,          -- 性别, code of sex
    division            INTEGER NOT NULL, -- 居住地区划, code of catalogue division
    education           INTEGER,          -- 学历, code of education
    household           INTEGER,          -- 户籍性质, code of household
    phone_sealed        BLOB,             -- 手机号码, sealed
    phone_index         BLOB,             -- 手机号码, blind index of the clear value
    bank_account_sealed BLOB,             -- 社保卡账号, sealed
    bank_account_index  BLOB,             -- 社保卡账号, blind index of the clear value
    consent_day         INTEGER,          -- 授权日期, civil day
    died_day            INTEGER,          -- 死亡日期, civil day; absent: has not come
    source              TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (id, known_ms)
);
CREATE UNIQUE INDEX person_identity ON person (identity_index)
    WHERE gone_ms = 9223372036854775807;

-- 重点群体身份: membership of a key group with its days.
CREATE TABLE person_group (
    person_id  BIGINT NOT NULL,  -- the person it belongs to
    id         BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms   BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms    BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    group_code INTEGER NOT NULL, -- 群体, code of catalogue group
    from_day   INTEGER NOT NULL, -- 认定日期, civil day
    to_day     INTEGER,          -- 退出日期, civil day; absent: has not come
    evidence   TEXT,             -- 佐证材料
    source     TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
);

-- 单位: an employer, school, training or assessment body, association.
CREATE TABLE organisation (
    id                     BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms               BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms                BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    name                   TEXT NOT NULL,    -- 单位名称
    credit_code            TEXT NOT NULL,    -- 统一社会信用代码
    kind                   INTEGER NOT NULL, -- 单位类型, code of organisation_kind
    division               INTEGER NOT NULL, -- 所在区划, code of catalogue division
    industry               INTEGER,          -- 行业, code of catalogue industry
    above_scale            INTEGER,          -- 规模以上, 0 or 1
    high_risk              INTEGER,          -- 高危行业, 0 or 1
    parent                 BIGINT,           -- 上级单位, id of organisation
    post_count             INTEGER,          -- 编制数, count
    part_time_post_count   INTEGER,          -- 兼职教师占用编制数, count
    education_fund_due_fen BIGINT,           -- 应提职工教育经费, fen
    education_fund_set_fen BIGINT,           -- 实提职工教育经费, fen
    founded_day            INTEGER,          -- 成立日期, civil day
    closed_day             INTEGER,          -- 注销日期, civil day; absent: has not come
    source                 TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (id, known_ms)
);
CREATE UNIQUE INDEX organisation_credit_code ON organisation (credit_code)
    WHERE gone_ms = 9223372036854775807;
CREATE INDEX organisation_name ON organisation (name)
    WHERE gone_ms = 9223372036854775807;

-- 单位备案: what an organisation is on file for, and from when to when.
CREATE TABLE organisation_role (
    organisation_id BIGINT NOT NULL,  -- the organisation it belongs to
    id              BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms        BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms         BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    role            INTEGER NOT NULL, -- 角色, code of organisation_role_kind
    number          TEXT,             -- 备案号
    from_day        INTEGER NOT NULL, -- 备案日期, civil day
    to_day          INTEGER,          -- 失效日期, civil day; absent: has not come
    source          TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (organisation_id, id, known_ms)
);

-- 就业经历: where a person works or worked, as what.
CREATE TABLE employment (
    person_id  BIGINT NOT NULL,  -- the person it belongs to
    id         BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms   BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms    BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    employer   BIGINT NOT NULL,  -- 用人单位, id of organisation
    occupation INTEGER,          -- 职业, code of catalogue occupation
    post       INTEGER,          -- 岗位类别, code of post_kind
    front_line INTEGER,          -- 一线岗位, 0 or 1
    full_time  INTEGER,          -- 全职, 0 or 1
    from_day   INTEGER NOT NULL, -- 入职日期, civil day
    to_day     INTEGER,          -- 离职日期, civil day; absent: has not come
    source     TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
);
CREATE INDEX employment_employer ON employment (employer)
    WHERE gone_ms = 9223372036854775807;

-- 参保记录: unbroken months of one insurance paid by one payer.
CREATE TABLE insured_span (
    person_id  BIGINT NOT NULL,  -- the person it belongs to
    id         BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms   BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms    BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    insurance  INTEGER NOT NULL, -- 险种, code of insurance_kind
    payer      BIGINT,           -- 参保单位, id of organisation
    from_month INTEGER NOT NULL, -- 起始月份, year * 12 + month - 1
    to_month   INTEGER NOT NULL, -- 截止月份, year * 12 + month - 1
    source     TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
);

-- 证书: a certificate that a person holds.
CREATE TABLE certificate (
    person_id   BIGINT NOT NULL,  -- the person it belongs to
    id          BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms    BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms     BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    number      TEXT NOT NULL,    -- 证书编号
    kind        INTEGER NOT NULL, -- 证书类别, code of certificate_kind
    occupation  INTEGER NOT NULL, -- 职业, code of catalogue occupation
    work_type   TEXT,             -- 工种
    level       INTEGER,          -- 等级, code of skill_level
    issued_day  INTEGER NOT NULL, -- 发证日期, civil day
    expires_day INTEGER,          -- 有效期至, civil day; absent: has not come
    issuer      BIGINT,           -- 评价机构, id of organisation
    route       INTEGER,          -- 取证途径, code of certificate_route
    state       INTEGER,          -- 证书状态, code of certificate_state
    source      TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
);
CREATE UNIQUE INDEX certificate_number ON certificate (number)
    WHERE gone_ms = 9223372036854775807;

-- 培训记录: one course of a person.
CREATE TABLE training (
    person_id    BIGINT NOT NULL,  -- the person it belongs to
    id           BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms     BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms      BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    provider     BIGINT,           -- 培训机构, id of organisation
    sponsor      BIGINT,           -- 委托单位, id of organisation
    form         INTEGER NOT NULL, -- 培训形式, code of training_form
    content      INTEGER NOT NULL, -- 培训内容, code of training_content
    project      INTEGER,          -- 培训项目, code of catalogue project
    occupation   INTEGER,          -- 职业, code of catalogue occupation
    target_level INTEGER,          -- 培养等级, code of skill_level
    start_day    INTEGER NOT NULL, -- 开班日期, civil day
    end_day      INTEGER,          -- 结业日期, civil day; absent: has not come
    class_hours  INTEGER,          -- 课时, count
    passed       INTEGER,          -- 考核合格, 0 or 1
    source       TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
);

-- 竞赛成绩: result of a person in a contest.
CREATE TABLE award (
    person_id      BIGINT NOT NULL,  -- the person it belongs to
    id             BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms       BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms        BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    contest_name   TEXT NOT NULL,    -- 竞赛名称
    contest_tier   INTEGER NOT NULL, -- 竞赛级别, code of contest_tier
    occupation     INTEGER,          -- 职业, code of catalogue occupation
    place          INTEGER,          -- 名次, count
    prize          INTEGER,          -- 奖项, code of prize
    squad          INTEGER,          -- 入选国家集训队, 0 or 1; absent: no
    brought_in_day INTEGER,          -- 全职引进日期, civil day; absent: has not come
    award_day      INTEGER NOT NULL, -- 获奖日期, civil day
    source         TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
);

-- 荣誉称号: a title that a person was given.
CREATE TABLE honour (
    person_id     BIGINT NOT NULL,  -- the person it belongs to
    id            BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms      BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms       BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    title         INTEGER NOT NULL, -- 称号, code of catalogue honour
    route         INTEGER,          -- 称号来源, code of honour_route
    score         INTEGER,          -- 评分, count
    granted_day   INTEGER NOT NULL, -- 授予日期, civil day
    term_end_day  INTEGER,          -- 管理期止, civil day; absent: has not come
    withdrawn_day INTEGER,          -- 撤销日期, civil day; absent: has not come
    source        TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
);

-- 职称: a professional (not skill) title of a person.
CREATE TABLE professional_title (
    person_id   BIGINT NOT NULL,  -- the person it belongs to
    id          BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms    BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms     BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    level       INTEGER NOT NULL, -- 级别, code of title_level
    series      TEXT,             -- 系列
    granted_day INTEGER NOT NULL, -- 取得日期, civil day
    source      TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
);

-- 载体: a studio, station or base of an organisation.
CREATE TABLE carrier (
    organisation_id   BIGINT NOT NULL,  -- the organisation it belongs to
    id                BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms          BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms           BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    name              TEXT NOT NULL,    -- 载体名称
    kind              INTEGER NOT NULL, -- 载体类型, code of carrier_kind
    tier              INTEGER NOT NULL, -- 层级, code of tier
    master            BIGINT,           -- 领衔人, id of person
    industry          INTEGER,          -- 行业, code of catalogue industry
    heritage          INTEGER,          -- 传统技艺, 0 or 1; absent: no
    approved_day      INTEGER NOT NULL, -- 批准日期, civil day
    agreement_number  TEXT,             -- 协议编号
    agreement_end_day INTEGER,          -- 协议期止, civil day; absent: has not come
    closed_day        INTEGER,          -- 撤销日期, civil day; absent: has not come
    source            TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (organisation_id, id, known_ms)
);

-- 载体活动: what a carrier did on a day.
CREATE TABLE carrier_activity (
    carrier_id   BIGINT NOT NULL,  -- the carrier it belongs to
    id           BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms     BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms      BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    kind         INTEGER NOT NULL, -- 活动类型, code of activity_kind
    activity_day INTEGER NOT NULL, -- 活动日期, civil day
    class_hours  INTEGER,          -- 课时, count
    head_count   INTEGER,          -- 参加人数, count
    source       TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (carrier_id, id, known_ms)
);

-- 竞赛: a contest held by an organisation.
CREATE TABLE contest (
    organisation_id BIGINT NOT NULL,  -- the organisation it belongs to
    id              BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms        BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms         BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    name            TEXT NOT NULL,    -- 竞赛名称
    tier            INTEGER NOT NULL, -- 竞赛级别, code of contest_tier
    kind            INTEGER NOT NULL, -- 竞赛类型, code of contest_kind
    strategic       INTEGER,          -- 重点项目, 0 or 1; absent: no
    entrant_count   INTEGER,          -- 参赛人次, count
    held_day        INTEGER NOT NULL, -- 举办日期, civil day
    source          TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (organisation_id, id, known_ms)
);

-- 办学项目: a school project that an organisation was approved for.
CREATE TABLE programme (
    organisation_id BIGINT NOT NULL,  -- the organisation it belongs to
    id              BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms        BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms         BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    name            TEXT NOT NULL,    -- 项目名称
    kind            INTEGER NOT NULL, -- 项目类型, code of programme_kind
    tier            INTEGER NOT NULL, -- 层级, code of tier
    approved_day    INTEGER NOT NULL, -- 批准日期, civil day
    source          TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (organisation_id, id, known_ms)
);

-- 专项能力项目: a special-ability item that the city published.
CREATE TABLE special_item (
    id            BIGINT NOT NULL,  -- the same for all versions of one record
    known_ms      BIGINT NOT NULL,  -- when the office learned it, UTC
    gone_ms       BIGINT NOT NULL,  -- when a correction replaced it, UTC; the largest number while it holds
    name          TEXT NOT NULL,    -- 项目名称
    industry      INTEGER,          -- 行业, code of catalogue industry
    published_day INTEGER NOT NULL, -- 公布日期, civil day
    withdrawn_day INTEGER,          -- 停用日期, civil day; absent: has not come
    source        TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (id, known_ms)
);
CREATE UNIQUE INDEX special_item_name ON special_item (name)
    WHERE gone_ms = 9223372036854775807;

-- 重复人员合并: two persons found to be one; parting sets parted_ms and gives the records back.
CREATE TABLE person_join (
    person_id         BIGINT NOT NULL, -- the person that stays
    id                BIGINT NOT NULL, -- of this joining
    dropped_person_id BIGINT NOT NULL, -- the person whose records moved to person_id
    joined_ms         BIGINT NOT NULL, -- when, UTC; also the gone_ms of the rows that moved
    parted_ms         BIGINT NOT NULL, -- when undone, UTC; the largest number while it holds
    reason            TEXT NOT NULL,   -- why the two are one, in the officer's words
    PRIMARY KEY (person_id, id)
);

-- 导入进度: how far the import of one file has come, so that a broken-off run goes on.
CREATE TABLE import_run (
    id             BIGINT NOT NULL,  -- of this run
    record         TEXT NOT NULL,    -- kind of record imported
    fingerprint    BLOB NOT NULL,    -- digest of the file
    source         TEXT NOT NULL,    -- name of the file, without folder
    started_ms     BIGINT NOT NULL,  -- UTC
    finished_ms    BIGINT NOT NULL,  -- UTC; the largest number while it runs
    row_count      BIGINT NOT NULL,  -- rows of the file dealt with so far
    added_count    BIGINT NOT NULL,  -- of these: new facts
    corrected_count BIGINT NOT NULL, -- of these: corrections
    same_count     BIGINT NOT NULL,  -- of these: known already
    refused_count  BIGINT NOT NULL,  -- of these: refused
    error_size     BIGINT NOT NULL,  -- bytes of the error file that belong to these rows
    PRIMARY KEY (id)
);
CREATE INDEX import_run_fingerprint ON import_run (fingerprint, record);
