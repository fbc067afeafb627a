# The Debian package is built, looked at by lintian, installed into a test root and removed from it.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

command -v dpkg-deb >/dev/null 2>&1 && command -v dpkg-shlibdeps >/dev/null 2>&1 || exit 77
[ "$(id -u)" -eq 0 ] || exit 77

step "the package is built, and lintian finds no error"
status=0
"$root/script/package" --program "$BAIGONG_PROGRAM" --out "$work" >"$work/out" 2>"$work/err" ||
    status=$?
[ "$status" -eq 0 ] || fail_step "script/package failed"
package=$(cat "$work/out")
dpkg-deb --field "$package" Depends >"$work/out"
out_has 'libc6'
case $(ldd "$BAIGONG_PROGRAM") in
*asan*) ;; # sanitizers bring libraries of their own
*) out_has 'libmicrohttpd' ;;
esac

step "it is installed into a root of its own: program, unit, user, settings"
target=$work/root
mkdir -p "$target/var/lib/dpkg/info" "$target/var/lib/dpkg/updates" "$target/etc" "$target/usr/sbin"
: >"$target/var/lib/dpkg/status"
install_root() {
    dpkg --root="$target" --force-script-chrootless --force-depends --force-not-root \
        --log="$work/dpkg.log" "$@" >"$work/out" 2>"$work/err" || fail_step "dpkg $*"
}
install_root -i "$package"
for file in usr/bin/baigong lib/systemd/system/baigong.service etc/baigong/baigong.conf \
    usr/share/doc/baigong/examples/nginx.conf usr/share/man/man1/baigong.1.gz; do
    [ -e "$target/$file" ] || fail_step "$file is missing"
done
! command -v systemd-sysusers >/dev/null 2>&1 || file_has "$target/etc/passwd" '^baigong:'
! find "$target/usr/share/baigong" -name draft | grep -q . || fail_step "drafts are in the package"

step "what was installed runs from there"
status=0
"$target/usr/bin/baigong" --home "$target/usr/share/baigong" policy check >"$work/out" 2>"$work/err" ||
    status=$?
[ "$status" -eq 0 ] || fail_step "the installed policies do not check"
printf 'prt = 0\n' >"$work/wrong.conf"
cat "$target/etc/baigong/baigong.conf" "$work/wrong.conf" >"$work/both.conf"
run 2 serve --settings "$work/both.conf" # every line of the file that is brought is taken
err_has 'both.conf:[0-9]*: .*prt'

step "nginx takes the sample configuration, and systemd the unit"
if command -v nginx >/dev/null 2>&1; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=x \
        -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
    {
        printf 'pid %s/pid;\nerror_log stderr;\nevents {}\nhttp {\n' "$work"
        sed "s#/etc/ssl/certs/.*pem#$work/cert.pem#; s#/etc/ssl/private/.*key#$work/key.pem#" \
            "$target/usr/share/doc/baigong/examples/nginx.conf"
        printf '}\n'
    } >"$work/nginx.conf"
    nginx -t -q -e "$work/error.log" -c "$work/nginx.conf" >"$work/out" 2>&1 || fail_step "nginx refuses it"
fi
if command -v systemd-analyze >/dev/null 2>&1; then
    sed "s#/usr/bin/baigong#$target/usr/bin/baigong#" "$target/lib/systemd/system/baigong.service" \
        >"$work/baigong.service"
    systemd-analyze verify "$work/baigong.service" >"$work/out" 2>&1 || true
    ! grep -E 'baigong.service:[0-9]+: (Unknown|Failed|Invalid)' "$work/out" ||
        fail_step "systemd does not take the unit"
fi

step "it is removed; settings go with a purge, data never"
mkdir -p "$target/var/lib/baigong"
echo data >"$target/var/lib/baigong/city.db"
install_root --remove baigong
[ ! -e "$target/usr/bin/baigong" ] || fail_step "the program is still there"
[ -e "$target/etc/baigong/baigong.conf" ] || fail_step "the settings went with a removal"
install_root --purge baigong
[ ! -e "$target/etc/baigong/baigong.conf" ] || fail_step "the settings are still there"
[ -e "$target/var/lib/baigong/city.db" ] || fail_step "the data went"
