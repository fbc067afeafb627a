-- Guard: what somebody did is found by the name that stands in the audit.
CREATE INDEX audit_account_name ON audit (account_name, id);
