#!/bin/sh
# tm_grammar.sh — the TextMate grammar of policy documents, made of src/policy/keyword.def.
#
#   tools/tm_grammar.sh           prints it
#   tools/tm_grammar.sh --check   compares it with doc/policy.tmLanguage.json (a test)
#
# The grammar is injected into Markdown: it colours fenced blocks whose fence line names a kind of
# statement, in either spelling. Editors that read TextMate grammars can use the file as it is.
set -eu
cd "$(dirname "$0")/.."

print_grammar() {
    grep -E '^(STATEMENT_WORD|CLAUSE_WORD|WORD|SPELLING|CONTEXT_WORD|FUNCTION_WORD|UNIT_WORD)\(' \
        src/policy/keyword.def |
        LC_ALL=C awk '
# The texts in quotes of a row, each noted once under its kind.
function note(kind, row,    parts, count, i) {
    count = split(row, parts, "\"")
    for (i = 2; i <= count; i += 2)
        if (!((kind, parts[i]) in seen)) {
            seen[kind, parts[i]] = 1
            words[kind, ++counts[kind]] = parts[i]
        }
}
# Alternatives, longer ones first, so that none hides another.
function either(kind,    i, k, swap, text) {
    for (i = 1; i <= counts[kind]; i++)
        for (k = i + 1; k <= counts[kind]; k++)
            if (length(words[kind, k]) > length(words[kind, i])) {
                swap = words[kind, i]
                words[kind, i] = words[kind, k]
                words[kind, k] = swap
            }
    for (i = 1; i <= counts[kind]; i++)
        text = text (i > 1 ? "|" : "") words[kind, i]
    return text
}
function rule(name, match_text, last) {
    printf "        { \"name\": \"%s.baigong\",\n          \"match\": \"%s\" }%s\n", name, match_text,
        last ? "" : ","
}
{
    kind = substr($0, 1, index($0, "(") - 1)
    if (kind == "SPELLING")
        kind = "WORD"
    note(kind, $0)
}
END {
    before = "(?<![\\\\p{L}\\\\p{N}_-])"
    behind = "(?![\\\\p{L}\\\\p{N}_-])"
    print "{"
    print "  \"name\": \"Baigong policy\","
    print "  \"scopeName\": \"markdown.baigong.codeblock\","
    print "  \"injectionSelector\": \"L:text.html.markdown\","
    print "  \"patterns\": [ { \"include\": \"#block\" } ],"
    print "  \"repository\": {"
    print "    \"block\": {"
    print "      \"name\": \"meta.statement.baigong\","
    printf "      \"begin\": \"^(`{3,})(%s)(?=\\\\s|$)(.*)$\",\n", either("STATEMENT_WORD")
    print "      \"beginCaptures\": {"
    print "        \"1\": { \"name\": \"punctuation.definition.markdown\" },"
    print "        \"2\": { \"name\": \"keyword.declaration.statement.baigong\" },"
    print "        \"3\": { \"name\": \"entity.name.type.statement.baigong\" }"
    print "      },"
    print "      \"end\": \"^(`{3,})\\\\s*$\","
    print "      \"endCaptures\": { \"1\": { \"name\": \"punctuation.definition.markdown\" } },"
    print "      \"patterns\": ["
    rule("comment.line.number-sign", "#.*$")
    rule("string.quoted.other", "「[^」]*」|“[^”]*”|\\\"[^\\\"]*\\\"")
    rule("constant.numeric.date", "[0-9]{4}-[0-9]{2}(-[0-9]{2})?(?![0-9-])|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日")
    rule("constant.other.code", "[0-9]-[0-9]{2}(-[0-9]{2}){0,2}(?![0-9-])")
    rule("constant.numeric", "[0-9０-９][0-9０-９,.]*\\\\s*(?:" either("UNIT_WORD") "|%|％)?")
    rule("keyword.control.clause", "^(?:" either("CLAUSE_WORD") ")" behind)
    rule("support.function", before "(?:" either("FUNCTION_WORD") ")" behind)
    rule("variable.language.context", before "(?:" either("CONTEXT_WORD") ")" behind)
    rule("keyword.other", before "(?:" either("WORD") ")" behind)
    rule("keyword.operator", "[=≠<≤>≥+*/|-]", 1)
    print "      ]"
    print "    }"
    print "  }"
    print "}"
}'
}

if [ "${1:-}" = --check ]; then
    print_grammar | cmp - doc/policy.tmLanguage.json ||
        { echo "run: tools/tm_grammar.sh > doc/policy.tmLanguage.json" >&2; exit 1; }
else
    print_grammar
fi
