-- Whose school a fact about an organisation tells of: without it each such fact meant a sweep.
CREATE INDEX enrolment_school ON enrolment (school)
    WHERE gone_ms = 9223372036854775807;
