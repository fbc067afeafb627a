const char *q = "SELECT id FROM person";
const char *r = "UPDATES are words";
