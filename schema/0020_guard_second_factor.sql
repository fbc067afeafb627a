-- Guard: a second thing that someone signs in with, codes of a phone (RFC 6238).

ALTER TABLE account ADD COLUMN has_code INT NOT NULL DEFAULT 0; -- 1: a sign-in also asks for a code

-- What makes the codes of an account; confirmed by the first right one.
CREATE TABLE account_code (
    account_id   BIGINT NOT NULL, -- account
    secret       BLOB NOT NULL,   -- 20 bytes, sealed
    used_step    BIGINT NOT NULL, -- number of the newest code that was used: none is used twice
    confirmed_ms BIGINT NOT NULL, -- UTC; 0: begun, not confirmed yet
    PRIMARY KEY (account_id)
);

-- Words that stand for a code once, for who lost the phone.
CREATE TABLE account_recovery (
    account_id BIGINT NOT NULL, -- account
    digest     BLOB NOT NULL,   -- keyed digest of the word
    used_ms    BIGINT NOT NULL, -- UTC; 0: still good
    PRIMARY KEY (account_id, digest)
);
