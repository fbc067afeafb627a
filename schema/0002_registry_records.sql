-- The registry: what the city knows about people and organisations, with both times.
--
-- A row is one version of one record: known_ms says when the office learned it, gone_ms when a
-- correction replaced it. Rows are added; only gone_ms of a current row is ever set. What holds now
-- has gone_ms = 9223372036854775807. Days inside the row say when the fact itself holds.
-- Rows stand together under their owner (the first key column), which is how they are read.
-- Columns follow src/domain/registry/registry.def; a test compares the two on both engines.

-- 人员: one human being of the city; secrets are sealed and found by their blind index.
CREATE TABLE person (
    id                  INTEGER NOT NULL, -- the same for all versions of one record
    known_ms            INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms             INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    name                TEXT NOT NULL,    -- 姓名
    identity_kind       INT,              -- 证件类型, code of identity_kind
    identity_sealed     BLOB NOT NULL,    -- 证件号码, sealed
    identity_index      BLOB NOT NULL,    -- 证件号码, blind index of the clear value
    birth_day           INT,              -- 出生日期, civil day
    sex                 INT,              -- 性别, code of sex
    division            INT NOT NULL,     -- 居住地区划, code of catalogue division
    education           INT,              -- 学历, code of education
    household           INT,              -- 户籍性质, code of household
    phone_sealed        BLOB,             -- 手机号码, sealed
    phone_index         BLOB,             -- 手机号码, blind index of the clear value
    bank_account_sealed BLOB,             -- 社保卡账号, sealed
    bank_account_index  BLOB,             -- 社保卡账号, blind index of the clear value
    consent_day         INT,              -- 授权日期, civil day
    died_day            INT,              -- 死亡日期, civil day; absent: has not come
    source              TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (id, known_ms)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX person_identity ON person (identity_index)
    WHERE gone_ms = 9223372036854775807;

-- 重点群体身份: membership of a key group with its days.
CREATE TABLE person_group (
    person_id  INTEGER NOT NULL, -- the person it belongs to
    id         INTEGER NOT NULL, -- the same for all versions of one record
    known_ms   INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms    INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    group_code INT NOT NULL,     -- 群体, code of catalogue group
    from_day   INT NOT NULL,     -- 认定日期, civil day
    to_day     INT,              -- 退出日期, civil day; absent: has not come
    evidence   TEXT,             -- 佐证材料
    source     TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 单位: an employer, school, training or assessment body, association.
CREATE TABLE organisation (
    id                     INTEGER NOT NULL, -- the same for all versions of one record
    known_ms               INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms                INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    name                   TEXT NOT NULL,    -- 单位名称
    credit_code            TEXT NOT NULL,    -- 统一社会信用代码
    kind                   INT NOT NULL,     -- 单位类型, code of organisation_kind
    division               INT NOT NULL,     -- 所在区划, code of catalogue division
    industry               INT,              -- 行业, code of catalogue industry
    above_scale            INT,              -- 规模以上, 0 or 1
    high_risk              INT,              -- 高危行业, 0 or 1
    parent                 INTEGER,          -- 上级单位, id of organisation
    post_count             INT,              -- 编制数, count
    part_time_post_count   INT,              -- 兼职教师占用编制数, count
    education_fund_due_fen INTEGER,          -- 应提职工教育经费, fen
    education_fund_set_fen INTEGER,          -- 实提职工教育经费, fen
    founded_day            INT,              -- 成立日期, civil day
    closed_day             INT,              -- 注销日期, civil day; absent: has not come
    source                 TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (id, known_ms)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX organisation_credit_code ON organisation (credit_code)
    WHERE gone_ms = 9223372036854775807;
CREATE INDEX organisation_name ON organisation (name)
    WHERE gone_ms = 9223372036854775807;

-- 单位备案: what an organisation is on file for, and from when to when.
CREATE TABLE organisation_role (
    organisation_id INTEGER NOT NULL, -- the organisation it belongs to
    id              INTEGER NOT NULL, -- the same for all versions of one record
    known_ms        INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms         INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    role            INT NOT NULL,     -- 角色, code of organisation_role_kind
    number          TEXT,             -- 备案号
    from_day        INT NOT NULL,     -- 备案日期, civil day
    to_day          INT,              -- 失效日期, civil day; absent: has not come
    source          TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (organisation_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 就业经历: where a person works or worked, as what.
CREATE TABLE employment (
    person_id  INTEGER NOT NULL, -- the person it belongs to
    id         INTEGER NOT NULL, -- the same for all versions of one record
    known_ms   INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms    INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    employer   INTEGER NOT NULL, -- 用人单位, id of organisation
    occupation INT,              -- 职业, code of catalogue occupation
    post       INT,              -- 岗位类别, code of post_kind
    front_line INT,              -- 一线岗位, 0 or 1
    full_time  INT,              -- 全职, 0 or 1
    from_day   INT NOT NULL,     -- 入职日期, civil day
    to_day     INT,              -- 离职日期, civil day; absent: has not come
    source     TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX employment_employer ON employment (employer)
    WHERE gone_ms = 9223372036854775807;

-- 参保记录: unbroken months of one insurance paid by one payer.
CREATE TABLE insured_span (
    person_id  INTEGER NOT NULL, -- the person it belongs to
    id         INTEGER NOT NULL, -- the same for all versions of one record
    known_ms   INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms    INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    insurance  INT NOT NULL,     -- 险种, code of insurance_kind
    payer      INTEGER,          -- 参保单位, id of organisation
    from_month INT NOT NULL,     -- 起始月份, year * 12 + month - 1
    to_month   INT NOT NULL,     -- 截止月份, year * 12 + month - 1
    source     TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 证书: a certificate that a person holds.
CREATE TABLE certificate (
    person_id   INTEGER NOT NULL, -- the person it belongs to
    id          INTEGER NOT NULL, -- the same for all versions of one record
    known_ms    INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms     INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    number      TEXT NOT NULL,    -- 证书编号
    kind        INT NOT NULL,     -- 证书类别, code of certificate_kind
    occupation  INT NOT NULL,     -- 职业, code of catalogue occupation
    work_type   TEXT,             -- 工种
    level       INT,              -- 等级, code of skill_level
    issued_day  INT NOT NULL,     -- 发证日期, civil day
    expires_day INT,              -- 有效期至, civil day; absent: has not come
    issuer      INTEGER,          -- 评价机构, id of organisation
    route       INT,              -- 取证途径, code of certificate_route
    state       INT,              -- 证书状态, code of certificate_state
    source      TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX certificate_number ON certificate (number)
    WHERE gone_ms = 9223372036854775807;

-- 培训记录: one course of a person.
CREATE TABLE training (
    person_id    INTEGER NOT NULL, -- the person it belongs to
    id           INTEGER NOT NULL, -- the same for all versions of one record
    known_ms     INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms      INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    provider     INTEGER,          -- 培训机构, id of organisation
    sponsor      INTEGER,          -- 委托单位, id of organisation
    form         INT NOT NULL,     -- 培训形式, code of training_form
    content      INT NOT NULL,     -- 培训内容, code of training_content
    project      INT,              -- 培训项目, code of catalogue project
    occupation   INT,              -- 职业, code of catalogue occupation
    target_level INT,              -- 培养等级, code of skill_level
    start_day    INT NOT NULL,     -- 开班日期, civil day
    end_day      INT,              -- 结业日期, civil day; absent: has not come
    class_hours  INT,              -- 课时, count
    passed       INT,              -- 考核合格, 0 or 1
    source       TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX training_sponsor ON training (sponsor)
    WHERE gone_ms = 9223372036854775807;
CREATE INDEX training_provider ON training (provider)
    WHERE gone_ms = 9223372036854775807;

-- 竞赛成绩: result of a person in a contest.
CREATE TABLE award (
    person_id      INTEGER NOT NULL, -- the person it belongs to
    id             INTEGER NOT NULL, -- the same for all versions of one record
    known_ms       INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms        INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    contest_name   TEXT NOT NULL,    -- 竞赛名称
    contest_tier   INT NOT NULL,     -- 竞赛级别, code of contest_tier
    occupation     INT,              -- 职业, code of catalogue occupation
    place          INT,              -- 名次, count
    prize          INT,              -- 奖项, code of prize
    squad          INT,              -- 入选国家集训队, 0 or 1; absent: no
    brought_in_day INT,              -- 全职引进日期, civil day; absent: has not come
    award_day      INT NOT NULL,     -- 获奖日期, civil day
    source         TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 荣誉称号: a title that a person was given.
CREATE TABLE honour (
    person_id     INTEGER NOT NULL, -- the person it belongs to
    id            INTEGER NOT NULL, -- the same for all versions of one record
    known_ms      INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms       INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    title         INT NOT NULL,     -- 称号, code of catalogue honour
    route         INT,              -- 称号来源, code of honour_route
    score         INT,              -- 评分, count
    granted_day   INT NOT NULL,     -- 授予日期, civil day
    term_end_day  INT,              -- 管理期止, civil day; absent: has not come
    withdrawn_day INT,              -- 撤销日期, civil day; absent: has not come
    source        TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 职称: a professional (not skill) title of a person.
CREATE TABLE professional_title (
    person_id   INTEGER NOT NULL, -- the person it belongs to
    id          INTEGER NOT NULL, -- the same for all versions of one record
    known_ms    INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms     INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    level       INT NOT NULL,     -- 级别, code of title_level
    series      TEXT,             -- 系列
    granted_day INT NOT NULL,     -- 取得日期, civil day
    source      TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (person_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 载体: a studio, station or base of an organisation.
CREATE TABLE carrier (
    organisation_id   INTEGER NOT NULL, -- the organisation it belongs to
    id                INTEGER NOT NULL, -- the same for all versions of one record
    known_ms          INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms           INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    name              TEXT NOT NULL,    -- 载体名称
    kind              INT NOT NULL,     -- 载体类型, code of carrier_kind
    tier              INT NOT NULL,     -- 层级, code of tier
    master            INTEGER,          -- 领衔人, id of person
    industry          INT,              -- 行业, code of catalogue industry
    heritage          INT,              -- 传统技艺, 0 or 1; absent: no
    approved_day      INT NOT NULL,     -- 批准日期, civil day
    agreement_number  TEXT,             -- 协议编号
    agreement_end_day INT,              -- 协议期止, civil day; absent: has not come
    closed_day        INT,              -- 撤销日期, civil day; absent: has not come
    source            TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (organisation_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 载体活动: what a carrier did on a day.
CREATE TABLE carrier_activity (
    carrier_id   INTEGER NOT NULL, -- the carrier it belongs to
    id           INTEGER NOT NULL, -- the same for all versions of one record
    known_ms     INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms      INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    kind         INT NOT NULL,     -- 活动类型, code of activity_kind
    activity_day INT NOT NULL,     -- 活动日期, civil day
    class_hours  INT,              -- 课时, count
    head_count   INT,              -- 参加人数, count
    source       TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (carrier_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 竞赛: a contest held by an organisation.
CREATE TABLE contest (
    organisation_id INTEGER NOT NULL, -- the organisation it belongs to
    id              INTEGER NOT NULL, -- the same for all versions of one record
    known_ms        INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms         INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    name            TEXT NOT NULL,    -- 竞赛名称
    tier            INT NOT NULL,     -- 竞赛级别, code of contest_tier
    kind            INT NOT NULL,     -- 竞赛类型, code of contest_kind
    strategic       INT,              -- 重点项目, 0 or 1; absent: no
    entrant_count   INT,              -- 参赛人次, count
    held_day        INT NOT NULL,     -- 举办日期, civil day
    source          TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (organisation_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 办学项目: a school project that an organisation was approved for.
CREATE TABLE programme (
    organisation_id INTEGER NOT NULL, -- the organisation it belongs to
    id              INTEGER NOT NULL, -- the same for all versions of one record
    known_ms        INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms         INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    name            TEXT NOT NULL,    -- 项目名称
    kind            INT NOT NULL,     -- 项目类型, code of programme_kind
    tier            INT NOT NULL,     -- 层级, code of tier
    approved_day    INT NOT NULL,     -- 批准日期, civil day
    source          TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (organisation_id, id, known_ms)
) STRICT, WITHOUT ROWID;

-- 专项能力项目: a special-ability item that the city published.
CREATE TABLE special_item (
    id            INTEGER NOT NULL, -- the same for all versions of one record
    known_ms      INTEGER NOT NULL, -- when the office learned it, UTC
    gone_ms       INTEGER NOT NULL, -- when replaced, UTC; the largest while it holds
    name          TEXT NOT NULL,    -- 项目名称
    industry      INT,              -- 行业, code of catalogue industry
    published_day INT NOT NULL,     -- 公布日期, civil day
    withdrawn_day INT,              -- 停用日期, civil day; absent: has not come
    source        TEXT NOT NULL,    -- file or room it came from
    PRIMARY KEY (id, known_ms)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX special_item_name ON special_item (name)
    WHERE gone_ms = 9223372036854775807;

-- 重复人员合并: two persons found to be one. Parting sets parted_ms and gives the records back.
CREATE TABLE person_join (
    person_id         INTEGER NOT NULL, -- the person that stays
    id                INTEGER NOT NULL, -- of this joining
    dropped_person_id INTEGER NOT NULL, -- the person whose records moved to person_id
    joined_ms         INTEGER NOT NULL, -- when, UTC; also the gone_ms of the rows that moved
    parted_ms         INTEGER NOT NULL, -- when undone, UTC; the largest while it holds
    reason            TEXT NOT NULL,   -- why the two are one, in the officer's words
    PRIMARY KEY (person_id, id)
) STRICT, WITHOUT ROWID;

-- 导入进度: how far the import of one file has come, so that a broken-off run goes on.
CREATE TABLE import_run (
    id             INTEGER NOT NULL,  -- of this run
    record         TEXT NOT NULL,    -- kind of record imported
    fingerprint    BLOB NOT NULL,    -- digest of the file
    source         TEXT NOT NULL,    -- name of the file, without folder
    started_ms     INTEGER NOT NULL,  -- UTC
    finished_ms    INTEGER NOT NULL,  -- UTC; the largest while it runs
    row_count      INTEGER NOT NULL,  -- rows of the file dealt with so far
    added_count    INTEGER NOT NULL,  -- of these: new facts
    corrected_count INTEGER NOT NULL, -- of these: corrections
    same_count     INTEGER NOT NULL,  -- of these: known already
    refused_count  INTEGER NOT NULL,  -- of these: refused
    error_size     INTEGER NOT NULL,  -- bytes of the error file that belong to these rows
    PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_run_fingerprint ON import_run (fingerprint, record);
