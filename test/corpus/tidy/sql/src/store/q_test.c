const char *t = "SELECT 1";
