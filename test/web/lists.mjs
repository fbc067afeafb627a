// Every list can be paged, sorted where an index serves it, filtered, cut to some columns and had as a file:
//
//   node lists.mjs BASE ACCOUNTS ROOT
//
// LISTS names each page with a list, who reads it, the column it sorts by and a filter. A page whose template
// shows the component and which is not named is a failure: a new list comes with its row.
import fs from 'node:fs';
import path from 'node:path';

const [base, accountsPath, root] = process.argv.slice(2);
const accounts = Object.fromEntries(fs.readFileSync(accountsPath, 'utf8').split('\n').map((line) => line.trim().split(/\s+/))
  .filter((words) => words.length === 3 && /^[a-z0-9]{10,}$/.test(words[2])).map(([, login, password]) => [login, password]));
let failed = 0, looked = 0;
const fail = (words) => { failed++; if (failed < 30) console.log(`FAILED ${words}`); };

const tokens = {};
async function tokenOf(role) {
  if (!role) return null;
  if (!tokens[role]) {
    const answer = await fetch(`${base}/api/v1/sign-in`, { method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login: role, password: accounts[role] }) });
    tokens[role] = (await answer.json()).token;
  }
  return tokens[role];
}
async function get(role, target) {
  const token = await tokenOf(role);
  return fetch(base + target, { headers: token ? { Cookie: `baigong=${token}` } : {}, redirect: 'manual' });
}
async function json(role, target) {
  const answer = await fetch(`${base}/api/v1${target}`, { headers: { Authorization: `Bearer ${await tokenOf(role)}` } });
  return answer.json();
}
async function post(role, target, fields) {
  const answer = await fetch(`${base}/api/v1${target}`, { method: 'POST',
    headers: { Authorization: `Bearer ${await tokenOf(role)}`, 'Content-Type': 'application/json' }, body: JSON.stringify(fields) });
  if (answer.status !== 200) fail(`POST ${target} as ${role}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// ---- what the pages lead to
const organisation = (await json('approver', '/persons')).persons.find((person) => person.employer_id)?.employer_id;
const rule = (await json('approver', '/found')).documents.flatMap((one) => one.rules).find((one) => one.granted > 3).rule;
const lines = (await (await get('director', '/insight')).text()).match(/\/insight\/figures\/\d+\/names\?book=\d+/g) ?? [];
const line = (await Promise.all((lines.length ? lines : [...Array(30).keys()].map((at) => `/insight/figures/${at + 1}/names?x=1`)).slice(0, 30)
  .map(async (one) => [one, await (await get('director', one)).text()]))).find(([, text]) => text.includes('class="pager"'))?.[0];
const away = encodeURIComponent('首席技师津贴');
await post('policy_maker', '/away', { rule: '首席技师津贴' });
let awayList;
for (let i = 0; i < 100 && !awayList; i++) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  awayList = (await (await get('policy_maker', `/away?rule=${away}`)).text()).match(/\/away\/\d+\/\d+/)?.[0];
}

// view, role, path, sort (null: one order only), filter as FIELD=VALUE (null: none), may it be empty
const LISTS = [
  ['persons', 'approver', '/persons', 'name', 'division=370811'],
  ['organisations', 'approver', '/organisations', 'name', 'division=370811'],
  ['studios', 'approver', '/studios', null, 'kind=1'],
  ['staff', 'approver', `/organisations/${organisation}/staff`, null, 'name=%E6%9D%8E'],
  ['submissions', 'approver', '/submissions', null, 'division=370811', true],
  ['news_notices', 'approver', '/news/notices', null, 'division=370811', true],
  ['objections', 'approver', '/news/objections', null, 'division=370811', true],
  ['letters', 'approver', '/news/letters', null, 'division=370811', true],
  ['messages', 'administrator', '/news/messages', null, 'state=sent', true],
  ['our', 'employer', '/our', null, 'name=%E6%9D%8E'],
  ['accounts', 'administrator', '/admin/accounts', null, 'role=worker'],
  ['audit', 'administrator', '/admin/audit', null, 'action=session'],
  ['found_list', 'approver', `/found/list?rule=${encodeURIComponent(rule)}`, null, 'division=370811'],
  ['away_list', 'policy_maker', awayList, null, 'division=370811'],
  ['insight_names', 'director', line, null, 'division=370811'],
  ['insight_reports', 'director', '/insight/reports', '-frozen', 'find=x', true],
  ['drafts', 'policy_maker', '/policy/drafts', '-from', 'find=x', true],
  ['imports', 'approver', '/imports', 'created', 'of=person', true],
  ['cases', 'approver', '/cases', null, 'state=approval'],
  ['gate_held', 'supervisor', '/gate', null, 'division=370811'],
  ['gate_rules', 'supervisor', '/gate/rules', null, 'find=%E8%B4%A6'],
  ['funds', 'finance', '/funds', '-fund', 'find=%E6%8A%80'],
  ['payments', 'finance', '/payments', null, 'year=2023', true],
  ['shortage', null, '/shortage', '-name', 'find=%E5%B7%A5'],
];

const csvRows = (text) => text.replace(/^\uFEFF/, '').split(/\r?\n/).filter(Boolean);
const and = (target, query) => target + (target.includes('?') ? '&' : '?') + query;
async function page(role, target, status = 200) {
  const answer = await get(role, target);
  const text = await answer.text();
  looked++;
  if (answer.status !== status) fail(`${target} as ${role}: ${answer.status}, not ${status}`);
  return text;
}

async function tryList([view, role, target, sort, filter, maybeEmpty]) {
  if (!target) return fail(`${view}: nothing leads there`);
  const text = await page(role, target);
  const isEmpty = !text.includes('name="cols"');
  if (isEmpty && maybeEmpty) return undefined;
  if (isEmpty) return fail(`${target}: no columns to choose`);
  if (!text.includes('class="pager"')) fail(`${target}: no pager`);
  await page(role, and(target, 'sort=nothing'), 400);
  const filtered = await page(role, and(target, filter));
  const [field, value] = filter.split('=');
  const control = new RegExp(`name="${field}"`);
  if (!control.test(filtered)) fail(`${target}: no filter ${field}`);
  else if (!filtered.includes(decodeURIComponent(value))) fail(`${target}: the filter ${filter} is forgotten`);
  if (sort) {
    const sorted = await page(role, and(target, `sort=${sort}`));
    if (!/aria-sort="(ascending|descending)"/.test(sorted)) fail(`${target}: not sorted by ${sort}`);
    if (!text.includes(`sort=${sort.replace('-', '')}`) && !text.includes(`sort=${sort}`)) fail(`${target}: no link to sort by ${sort}`);
  }
  const columns = [...text.matchAll(/name="cols" value="([a-z_]+)"/g)].map((match) => match[1]);
  const few = await page(role, and(target, `cols=${columns[0]}`));
  const heads = (html) => (html.match(/role="columnheader"/g) ?? []).length;
  if (heads(few) !== 2 || heads(text) < 2) fail(`${target}: ${heads(few)} columns where two were chosen`);
  const path = /href="([^"]*format=csv[^"]*)"/.exec(few)?.[1].replaceAll('&amp;', '&').replaceAll('&#61;', '=');
  if (!path) return fail(`${target}: no file to keep`);
  const file = await get(role, path.startsWith('?') ? target.split('?')[0] + path : path);
  const rows = csvRows(await file.text());
  if (file.status !== 200 || !rows[0] || rows[0].split(',').length !== 2) fail(`${path}: ${file.status}, ${rows[0]}`);
  if (rows.length - 1 < (few.match(/role="rowheader"/g) ?? []).length) fail(`${path}: fewer rows than the page`);
  const sheet = await get(role, (path.startsWith('?') ? target.split('?')[0] + path : path).replace('format=csv', 'format=xlsx'));
  const bytes = new Uint8Array(await sheet.arrayBuffer());
  if (sheet.status !== 200 || bytes[0] !== 0x50 || bytes[1] !== 0x4b) fail(`${path}: no workbook`);
  return undefined;
}
for (const list of LISTS) await tryList(list);

// ---- the order is the one that was asked for
for (const target of ['/persons/export', '/organisations/export']) {
  const rows = csvRows(await (await get('approver', `${target}?sort=name&cols=name&format=csv`)).text()).slice(1);
  const names = rows.map((row) => row.split(',')[0]);
  const key = (name) => Buffer.from(name.replaceAll('*', ''));
  const first = (name) => Buffer.from([...name][0]);
  const isSorted = names.every((name, at) => at === 0 || Buffer.compare((target.startsWith('/p') ? first : key)(names[at - 1]), (target.startsWith('/p') ? first : key)(name)) <= 0);
  if (!isSorted || names.length < 10) fail(`${target}: ${names.length} rows, not in the order of names`);
}
const shortage = async (sort) => [...(await page(null, `/shortage?sort=${sort}`)).matchAll(/role="rowheader"[^>]*>([^<]*)</g)].map((match) => match[1]);
const up = await shortage('name'), down = await shortage('-name');
if (up.length < 5 || up.length < 50 && up.join() !== [...down].reverse().join()) fail('/shortage: one order is not the other turned round');

// ---- every page that shows a list is looked at
const views = fs.readdirSync(path.join(root, 'web/page')).filter((name) => fs.readFileSync(path.join(root, 'web/page', name), 'utf8').includes('{{>component/list}}'))
  .map((name) => name.replace('.mustache', ''));
for (const view of views)
  if (!LISTS.some((list) => list[0] === view)) fail(`web/page/${view}.mustache shows a list that nobody looks at here`);
console.log(`${LISTS.length} lists, ${looked} pages; ${failed} failed`);
process.exit(failed ? 1 : 0);
