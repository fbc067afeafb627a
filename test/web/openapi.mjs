// The server's description held against its answers: node openapi.mjs BASE ACCOUNTS DESCRIPTION
//
// Writes the description to DESCRIPTION, for a linter. Then every GET that it names is asked as every role
// and as nobody, with ids that earlier answers gave, and each answer is checked with strict ajv: what is
// 200 and JSON against Resource, what is refused against Problem, and who is let in against x-permission.
import fs from 'node:fs';
import Ajv from 'ajv/dist/2020.js';

const [base, accountsPath, path] = process.argv.slice(2);
const description = await (await fetch(`${base}/openapi.json`)).json();
fs.writeFileSync(path, JSON.stringify(description));
const ajv = new Ajv({ strict: true, allErrors: true });
ajv.addVocabulary(['components', 'openapi', 'info', 'servers', 'paths']);
ajv.addSchema({ $id: 'baigong', components: description.components.schemas && { schemas: description.components.schemas } });
const isResource = ajv.compile({ $ref: 'baigong#/components/schemas/Resource' });
const isProblem = ajv.compile({ $ref: 'baigong#/components/schemas/Problem' });

// A schema that lets everything through would find nothing.
for (const wrong of [{ a_id: 5 }, { a: 1.5 }, { a: { yuan: '1' } }, { rows: [{ some_day: '2023-1-1' }] }, { has_x: 1 }, { 'A b': 1 }, []])
  if (isResource(wrong)) { console.log(`FAILED the schema takes ${JSON.stringify(wrong)}`); process.exit(1); }

const accounts = fs.readFileSync(accountsPath, 'utf8').split('\n').map((line) => line.trim().split(/\s+/))
  .filter((words) => words.length === 3 && /^[a-z0-9]{10,}$/.test(words[2])).map(([, login, password]) => ({ login, password }));
const ids = new Map(); // pattern before the parameter -> ids
let failed = 0;
const fail = (words) => { failed++; if (failed < 30) console.log(`FAILED ${words}`); };

function learn(prefix, value) {
  if (Array.isArray(value)) for (const one of value) learn(prefix, one);
  else if (value && typeof value === 'object') {
    if (typeof value.id === 'string') { const set = ids.get(prefix) ?? new Set(); if (set.size < 3) set.add(value.id); ids.set(prefix, set); }
    for (const one of Object.values(value)) learn(prefix, one);
  }
}

function targets(pattern) {
  let list = [''];
  for (const part of pattern.split('/').slice(1)) {
    if (!part.startsWith('{')) { list = list.map((text) => `${text}/${part}`); continue; }
    list = list.flatMap((text) => [...(ids.get(text) ?? []), '1'].map((id) => `${text}/${id}`));
  }
  return list;
}

const counts = {};
async function ask(role, token, pattern) {
  for (const target of targets(pattern)) {
    const answer = await fetch(`${base}/api/v1${target}`, { headers: token ? { Authorization: `Bearer ${token}` } : {}, redirect: 'manual' });
    const type = answer.headers.get('content-type') ?? '';
    counts[answer.status] = (counts[answer.status] ?? 0) + 1;
    const where = `GET ${target} as ${role}: ${answer.status} ${type}`;
    if (type.startsWith('text/event-stream')) { await answer.body.cancel(); continue; }
    if (answer.status === 303) { await answer.arrayBuffer(); continue; }
    if (answer.status >= 500 && answer.status !== 502) fail(where);
    if (!type.includes('json')) { await answer.arrayBuffer(); if (answer.status >= 400) fail(`${where}: no problem document`); continue; }
    const body = await answer.json();
    if (answer.status === 200 && !pattern.endsWith('openapi.json')) {
      if (!isResource(body)) fail(`${where}: ${ajv.errorsText(isResource.errors.slice(0, 3))}`);
      learn(pattern.replace(/\/\{.*/, ''), body);
    }
    if (answer.status >= 400) {
      if (!isProblem(body)) fail(`${where}: ${ajv.errorsText(isProblem.errors.slice(0, 3))}`);
      if (!type.startsWith('application/problem+json') || body.status !== answer.status) fail(`${where}: not a problem of ${body.status}`);
    }
  }
}

const patterns = Object.entries(description.paths).filter(([, methods]) => methods.get).map(([pattern]) => pattern)
  .sort((a, b) => a.split('{').length - b.split('{').length);
for (const [pattern, methods] of Object.entries(description.paths))
  for (const [method, operation] of Object.entries(methods)) {
    const wanted = (pattern.match(/\{[a-z_]+\}/g) ?? []).map((name) => name.slice(1, -1));
    if (JSON.stringify(operation.parameters.map((p) => p.name)) !== JSON.stringify(wanted)) fail(`${method} ${pattern}: its parameters are not described`);
  }
for (const pattern of patterns) await ask('nobody', null, pattern);
for (const account of accounts) {
  const answer = await fetch(`${base}/api/v1/sign-in`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(account) });
  const { token } = await answer.json();
  if (!token) { fail(`${account.login} cannot sign in`); continue; }
  for (const pattern of patterns) await ask(account.login, token, pattern);
}
console.log(`${patterns.length} paths as ${accounts.length + 1} roles: ${Object.entries(counts).map(([s, c]) => `${c} x ${s}`).join(', ')}; ${failed} failed`);
process.exit(failed ? 1 : 0);
