-- Look-ups around one subject: a carrier by its own id, and the carriers that a person leads.
-- Without these two indexes each explanation of a carrier or of a master read every carrier.
CREATE INDEX carrier_id ON carrier (id);
CREATE INDEX carrier_master ON carrier (master);
