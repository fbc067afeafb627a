// How both engines would run every named statement: node plans.mjs ROOT sqlite|postgres DATABASE
//
// A statement may not read a whole big table, unless test/plans_whole.txt says why it does. Each is explained
// with parameters whose values the engine does not know.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';

const [root, engine, database] = process.argv.slice(2);
const big = new Set(['person', 'employment', 'insured_span', 'certificate', 'training', 'award', 'honour', 'professional_title',
  'assessment', 'payment', 'enrolment', 'apprentice_agreement', 'person_group', 'organisation', 'organisation_role', 'entitlement', 'event', 'audit',
  'session', 'name_part', 'found_figure', 'carrier_member', 'special_item', 'gate_claim', 'gate_finding', 'gate_evidence']);
const whole = fs.readFileSync(path.join(root, 'test/plans_whole.txt'), 'utf8').split('\n')
  .filter((line) => line && !line.startsWith('#')).map((line) => ({ pattern: new RegExp(`^${line.split(' ')[0].replaceAll('*', '[a-z_]+')}$`), used: false, line }));

function* files(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) yield* files(path.join(folder, entry.name));
    else if (entry.name.endsWith('.sql')) yield path.join(folder, entry.name);
  }
}

const statements = [];
for (const file of files(path.join(root, 'src')))
  for (const block of fs.readFileSync(file, 'utf8').split(/^-- name: /m).slice(1)) {
    const lines = block.split('\n');
    const types = {};
    const told = lines.filter((line) => line.startsWith('--')).join(' ').replace(/.*in:/, '').replace(/out:.*/, '').replaceAll('--', ' ');
    for (const [, name, type] of told.matchAll(/([a-z_0-9]+) (int64|int32|text|blob)/g)) types[name] = type;
    const only = told.match(/engine: (\w+)/)?.[1] ?? block.match(/^-- engine: *(\w+)/m)?.[1];
    const sql = lines.slice(1).filter((line) => !line.startsWith('--')).join(' ').replace(/;\s*$/, '').trim();
    if (sql && (!only || only.startsWith(engine.slice(0, 6)))) statements.push({ name: lines[0].split(' ')[0], file: path.relative(root, file), sql, types });
  }

const types = { int64: 'bigint', int32: 'int', text: 'text', blob: 'bytea' };
const unknown = (statement) => statement.sql.replace(/(?<!:):([a-z_][a-z_0-9]*)/g, (_, name) => `(SELECT NULL::${types[statement.types[name]] ?? 'bigint'})`);
function explain() {
  if (engine === 'sqlite') {
    const script = statements.map((s) => `.print @@${s.name}\nEXPLAIN QUERY PLAN ${s.sql};\n`).join('');
    return execFileSync('sqlite3', [database], { input: script, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
  }
  const script = `SET enable_seqscan = off;\n` + statements.map((s) => `\\echo @@${s.name}\nEXPLAIN ${unknown(s)};\n`).join('');
  return execFileSync('psql', ['-XAtq', database], { input: script, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'], maxBuffer: 1 << 26 });
}

// The table behind an alias of the statement.
function tableOf(statement, alias) {
  if (big.has(alias)) return alias;
  return statement.sql.match(new RegExp(`(?:FROM|JOIN|,)\\s+([a-z_]+)\\s+(?:AS\\s+)?${alias}\\b`, 'i'))?.[1];
}

let output;
try { output = explain(); } catch (error) { output = error.stdout; console.log(String(error.stderr ?? '').split('\n').slice(0, 5).join('\n')); }
const plans = new Map(output.split('@@').slice(1).map((part) => [part.split('\n')[0], part]));
let failed = 0, read = 0;
for (const statement of statements) {
  const plan = plans.get(statement.name) ?? '';
  if (plan.split('\n').length > 1 && plan.trim() !== statement.name) read++;
  const pattern = engine === 'sqlite' ? /SCAN ([a-z_0-9]+)$/gm : /Seq Scan on ([a-z_0-9]+)/g;
  const scanned = [...plan.matchAll(pattern)].map((m) => tableOf(statement, m[1])).filter((table) => big.has(table));
  const reason = whole.find((one) => one.pattern.test(statement.name));
  if (reason) reason.used = true;
  if (!scanned.length || reason) continue;
  failed++;
  console.log(`FAILED ${statement.file} ${statement.name} reads all of ${[...new Set(scanned)].join(', ')}`);
}
for (const one of whole) if (!one.used) { failed++; console.log(`FAILED test/plans_whole.txt: nothing needs ${one.line}`); }
// SQLite has no plan for a plain INSERT.
if (read < statements.length * (engine === 'sqlite' ? 0.75 : 0.95)) { failed++; console.log(`FAILED only ${read} of ${statements.length} statements could be explained`); }
console.log(`${read} of ${statements.length} statements, ${failed} failed`);
process.exit(failed ? 1 : 0);
