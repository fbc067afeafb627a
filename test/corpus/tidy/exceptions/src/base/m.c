int m(void)
{
    free(0);
    return 0;
}
