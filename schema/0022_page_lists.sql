-- Lists of the desk in the orders that people ask for: bodies by name, accounts by role.

CREATE INDEX organisation_name_now ON organisation (name COLLATE BINARY, division, id)
    WHERE gone_ms = 9223372036854775807;
CREATE INDEX account_role ON account (role, login);
