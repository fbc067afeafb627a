-- The owner of a body's row that an event names: without these, each event read all of them.
CREATE INDEX filing_scope_id ON filing_scope (id);
CREATE INDEX carrier_member_id ON carrier_member (id);
