int b(char *c)
{
    strcpy(c, "x");
    int n = atoi(c) + rand();
    free(malloc (n));
    fopen(c, "r");
    return time(0);
}
