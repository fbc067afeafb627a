# people.awk - a CSV of count persons who belong to nobody: awk -v count=N -f people.awk
function check_digit(number,    i, sum) {
    split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", weights, " ")
    sum = 0
    for (i = 1; i <= 17; i++)
        sum += substr(number, i, 1) * weights[i]
    return substr("10X98765432", sum % 11 + 1, 1)
}

BEGIN {
    print "姓名,证件号码,居住地区划,学历"
    for (i = 0; i < count; i++) {
        number = sprintf("370811%04d%02d%02d%03d", 1960 + i % 45, 1 + i % 12, 1 + i % 28,
                         1 + int(i / 1260) % 999)
        printf "王%05d,%s%s,370811,大专\n", i, number, check_digit(number)
    }
}
