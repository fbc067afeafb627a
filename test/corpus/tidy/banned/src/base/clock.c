int now(void)
{
    return time(0);
}
