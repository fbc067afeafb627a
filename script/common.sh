# common.sh - what the scripts share; read with `.`, from the root of the source tree.
# shellcheck shell=sh

say() {
    printf '%s\n' "$*" >&2
}

# build TYPE [TARGET...]: configures build-TYPE once and builds it, or only the targets. "build" itself is left to the developer.
#   release  -O3, gcc          clang  -O3, clang
#   debug    -O0 -g            asan   gcc with address and undefined-behaviour sanitizers
#   tsan     thread sanitizer  fuzz   clang with libFuzzer, address and undefined-behaviour
build() {
    build_dir=build-$1
    build_type=$1
    shift
    if [ ! -f "$build_dir/build.ninja" ]; then
        rm -rf "$build_dir"
        case $build_type in
        release) configure gcc --buildtype=release ;;
        clang) configure clang --buildtype=release ;;
        debug) configure gcc --buildtype=debug ;;
        asan) configure gcc --buildtype=debugoptimized -Db_sanitize=address,undefined \
            -Doptimization=1 ;;
        tsan) configure gcc --buildtype=debugoptimized -Db_sanitize=thread -Doptimization=1 ;;
        fuzz) configure clang --buildtype=debugoptimized -Db_sanitize=address,undefined \
            -Db_lundef=false -Doptimization=1 -Dfuzz=true ;;
        *)
            say "no build type $build_type"
            return 2
            ;;
        esac
    fi
    if ! ninja -C "$build_dir" "$@" >"$build_dir/ninja.log" 2>&1; then
        grep -vE '^\[[0-9]+/[0-9]+\] ' "$build_dir/ninja.log" | head -n 60 >&2
        say "the build in $build_dir failed; all of it: $build_dir/ninja.log"
        return 1
    fi
}

# configure COMPILER OPTION...
configure() {
    compiler=$1
    shift
    if ! CC=$compiler meson setup "$build_dir" "$@" >configure.log 2>&1; then
        cat configure.log >&2
        rm -f configure.log
        return 1
    fi
    rm -f configure.log
}

# The demo city that script/demo and script/server keep in demo/. Both set $program, $people, $db (a
# database of one's own, or empty), $as_of and BAIGONG_DB before. It is made again when what it is made
# of changed, or when it was left half-made.
city_is_there() {
    if [ -n "$db" ]; then
        "$program" ask '计数 人员' --as-of "$as_of" >/dev/null 2>&1
    else
        [ "$(cat "$BAIGONG_DB.made" 2>/dev/null)" = "$(city_made_of)" ]
    fi
}

city_made_of() {
    cat schema/*.sql catalogue/city/*.csv src/domain/city/*.c src/domain/registry/*.def | cksum
}

city_begin() {
    mkdir -p demo
    [ -n "$db" ] || rm -f "$BAIGONG_DB" "$BAIGONG_DB"[-.]*
}

city_done() {
    [ -n "$db" ] || city_made_of >"$BAIGONG_DB.made"
}
