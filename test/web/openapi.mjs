// The server's description held against its answers: node openapi.mjs BASE ACCOUNTS DESCRIPTION [SEEN]
//
// Writes the description to DESCRIPTION, for a linter. Then every GET that it names is asked as every role
// and as nobody, with ids that earlier answers gave, and each answer is checked with strict ajv: what is
// 200 and JSON against the schema of its own route and against Resource, what is refused against Problem,
// and who is let in against x-permission.
//
// With SEEN nothing is held against the schemas of routes: what was answered is added to SEEN, and
// web/api_answers.json is written anew from all that SEEN knows. Do so when a route answers otherwise on
// purpose, over a city in which something of everything happened, and read the difference.
import fs from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { addSeen, readSeen, writeAnswers } from './answers.mjs';

const [base, accountsPath, path, seenPath] = process.argv.slice(2);
const seen = seenPath && readSeen(seenPath);
const description = await (await fetch(`${base}/openapi.json`)).json();
fs.writeFileSync(path, JSON.stringify(description));
const ajv = new Ajv({ strict: true, allErrors: true });
ajv.addVocabulary(['components', 'openapi', 'info', 'servers', 'paths']);
ajv.addSchema({ $id: 'baigong', components: description.components.schemas && { schemas: description.components.schemas } });
const isResource = ajv.compile({ $ref: 'baigong#/components/schemas/Resource' });
const isProblem = ajv.compile({ $ref: 'baigong#/components/schemas/Problem' });
const schemaOf = (pattern) => description.paths[pattern].get.responses['200'].content['application/json'].schema.$ref;
const isOwn = {}; // pattern -> its own schema
for (const pattern of Object.keys(description.paths))
  if (description.paths[pattern].get) isOwn[pattern] = ajv.compile({ $ref: `baigong${schemaOf(pattern)}` });
const unshaped = new Set(); // routes that answered and have no schema of their own

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

// ---- what else there is to ask for: queries, and parameters that other answers name
const asked = encodeURIComponent;
const rules = new Set(['首席技师津贴']), jobs = new Set(), documents = new Set(), records = new Set(), aways = new Set(), found = new Set(), ours = new Set(),
  drafts = new Set();
function collect(pattern, target, body) {
  const parts = target.split('?')[0].split('/');
  if (pattern === '/found') for (const one of body.documents) for (const rule of one.rules.slice(0, 3)) rules.add(rule.rule);
  if (pattern === '/policy') for (const one of body.documents.slice(0, 4)) documents.add(one.id);
  if (pattern === '/persons/{id}') for (const one of body.timeline.slice(0, 8)) records.add(`/persons/${parts[2]}/${one.record}/${one.id}`);
  if (pattern === '/away' && body.id) aways.add(`/away/${body.id}/1`);
  if (pattern === '/found/list') for (const one of body.rows.slice(0, 1)) found.add(`/found/${one.id}`);
  if (pattern === '/our') for (const one of body.entitlements.slice(0, 2)) ours.add(`/our/found/${one.id}`);
  if (pattern === '/studios/{id}') for (const one of [...body.members, ...body.activities].slice(0, 2)) records.add(`/studios/${parts[2]}/${one.record}/${one.id}`);
  if (pattern === '/organisations/{id}') for (const one of [...body.carriers, ...body.filings, ...body.roles].slice(0, 2)) records.add(`/organisations/${parts[2]}/${one.record}/${one.id}`);
  if (pattern === '/policy/drafts') for (const one of body.drafts.slice(0, 2)) drafts.add(`/policy/drafts/${one.id}`);
  if (body.job_id) jobs.add(`/jobs/${body.job_id}`);
}
const some = (list, count) => [...list].slice(0, count);
const recordsOf = (prefix, count) => some([...records].filter((one) => one.startsWith(prefix)), count);
const more = {
  '/search': () => [`/search?q=${asked('李')}`, `/search?q=${asked('技')}`],
  '/insight/ask': () => [`/insight/ask?q=${asked('计数 人员 按 居住地区划')}`, `/insight/ask?q=${asked('计数 证书 按 职业、等级')}`],
  '/away': () => some(rules, 4).map((rule) => `/away?rule=${asked(rule)}`),
  '/away/{id}/{position}': () => some(aways, 2),
  '/found/list': () => some(rules, 6).flatMap((rule) => [`/found/list?rule=${asked(rule)}`, `/found/list?lane=ask&rule=${asked(rule)}`]),
  '/policy/drafts': () => ['/policy/drafts?state=enacted', '/policy/drafts?state=dropped'],
  '/policy/{document}': () => some(documents, 3).map((id) => `/policy/${id}`),
  '/policy/versions/{document}': () => some(documents, 2).map((id) => `/policy/versions/${id}`),
  '/policy/drafts/new': () => some(documents, 1).map((id) => `/policy/drafts/new?document=${id}`),
  '/found/{id}': () => some(found, 12),
  '/our/found/{id}': () => some(ours, 2),
  '/policy/drafts/{id}/edit': () => some(drafts, 3).map((draft) => `${draft}/edit`),
  '/studios/{id}/{record}/{record_id}/edit': () => recordsOf('/studios/', 2).map((record) => `${record}/edit`),
  '/organisations/{id}/{record}/{record_id}/edit': () => recordsOf('/organisations/', 2).map((record) => `${record}/edit`),
  '/studios/{id}/add/{record}': () => some(ids.get('/studios') ?? [], 1).map((id) => `/studios/${id}/add/carrier_member`),
  '/jobs/{id}': () => some(jobs, 3),
  '/persons/{id}/{record}/{record_id}': () => recordsOf('/persons/', 8),
  '/persons/{id}/{record}/{record_id}/edit': () => recordsOf('/persons/', 4).map((record) => `${record}/edit`),
  '/persons/{id}/why/{rule}': () => some(ids.get('/persons') ?? [], 2).flatMap((id) => some(rules, 3).map((rule) => `/persons/${id}/why/${asked(rule)}`)),
  '/organisations/{id}/why/{rule}': () => some(ids.get('/organisations') ?? [], 2).flatMap((id) => some(rules, 3).map((rule) => `/organisations/${id}/why/${asked(rule)}`)),
  '/persons/{id}/add/{record}': () => some(ids.get('/persons') ?? [], 1).map((id) => `/persons/${id}/add/certificate`),
  '/organisations/{id}/add/{record}': () => some(ids.get('/organisations') ?? [], 1).map((id) => `/organisations/${id}/add/carrier`),
  '/my/give/{record}': () => ['/my/give/certificate', '/my/give/person?field=education'],
  '/our/give/{record}': () => ['/our/give/carrier'],
};

function targets(pattern) {
  let list = [''];
  for (const part of pattern.split('/').slice(1)) {
    if (!part.startsWith('{')) { list = list.map((text) => `${text}/${part}`); continue; }
    list = list.flatMap((text) => [...(ids.get(text) ?? []), '1'].map((id) => `${text}/${id}`));
  }
  return [...list, ...(more[pattern]?.() ?? [])];
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
      if (seen) addSeen(seen, description.paths[pattern].get.operationId, body);
      else if (!isOwn[pattern](body)) fail(`${where}: ${ajv.errorsText(isOwn[pattern].errors.slice(0, 3))}`);
      if (schemaOf(pattern).endsWith('/Resource')) unshaped.add(pattern);
      collect(pattern, target, body);
      learn(pattern.replace(/\/\{.*/, ''), body);
    }
    if (answer.status >= 400) {
      if (!isProblem(body)) fail(`${where}: ${ajv.errorsText(isProblem.errors.slice(0, 3))}`);
      if (!type.startsWith('application/problem+json') || body.status !== answer.status) fail(`${where}: not a problem of ${body.status}`);
    }
  }
}

const patterns = Object.entries(description.paths).filter(([, methods]) => methods.get).map(([pattern]) => pattern)
  .sort((a, b) => a.split('{').length - b.split('{').length || (b === '/found') - (a === '/found') || (b === '/found/list') - (a === '/found/list'));
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
if (seen) writeAnswers(seenPath, seen, new URL('../../web/api_answers.json', import.meta.url));
else if (unshaped.size > 0) console.log(`held against Resource only, for lack of a schema of their own: ${[...unshaped].join(' ')}`);
console.log(`${patterns.length} paths as ${accounts.length + 1} roles: ${Object.entries(counts).map(([s, c]) => `${c} x ${s}`).join(', ')}; ${failed} failed`);
process.exit(failed ? 1 : 0);
