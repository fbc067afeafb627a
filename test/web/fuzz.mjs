// Odd requests to every page as every role: node fuzz.mjs BASE ACCOUNTS SECONDS [SEED]
//
// Routes come from the server's own description, ids and field names from its pages. Whatever is asked,
// the answer is clear: no 5xx but 503 when too many long requests wait, and the server is there at the
// end. A failure prints the request and the seed that plays it again.
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';

const [base, accountsPath, seconds, seedText] = process.argv.slice(2);
const seed = Number(seedText ?? process.pid);
let state = seed >>> 0 || 1;
function random(bound) { // xorshift32
  state ^= state << 13; state >>>= 0;
  state ^= state >>> 17;
  state ^= state << 5; state >>>= 0;
  return state % bound;
}
const pick = (list) => list[random(list.length)];
const chance = (percent) => random(100) < percent;

const url = new URL(base);
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

function send(method, target, headers, body) {
  return new Promise((resolve) => {
    const request = http.request({ host: url.hostname, port: url.port, method, path: target, headers, agent, timeout: 20000 }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString('utf8') }));
      answer.on('error', () => resolve({ status: 0 }));
      if ((answer.headers['content-type'] ?? '').startsWith('text/event-stream')) answer.destroy();
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve({ status: 0 }));
    if (body) request.write(body);
    request.end();
  });
}

// ---- what is there

const accounts = fs.readFileSync(accountsPath, 'utf8').split('\n')
  .map((line) => line.trim().split(/\s+/)).filter((words) => words.length === 3 && /^[a-z0-9]{10,}$/.test(words[2]))
  .map(([, login, password]) => ({ login, password }));
const sessions = [];

async function signIn(account) {
  const answer = await send('POST', '/sign-in', { 'Content-Type': 'application/x-www-form-urlencoded' },
    new URLSearchParams(account).toString());
  const cookie = String(answer.headers?.['set-cookie'] ?? '').match(/baigong=[0-9a-f]+/)?.[0];
  if (!cookie) return null;
  const page = await send('GET', '/account', { Cookie: cookie });
  return { ...account, cookie, csrf: page.body?.match(/name="csrf" value="([0-9a-f]+)"/)?.[1] };
}

const routes = [];
const description = JSON.parse((await send('GET', '/openapi.json', {})).body);
for (const [pattern, methods] of Object.entries(description.paths))
  for (const method of Object.keys(methods)) routes.push({ method: method.toUpperCase(), pattern });
for (const account of accounts) { const s = await signIn(account); if (s) sessions.push(s); }
if (sessions.length < 5) { console.log('FAILED the roles cannot sign in'); process.exit(1); }

const fields = new Set(['q', 'after', 'sort', 'division', 'format', 'as_of', 'lane', 'rule', 'columns', 'page', 'known_ms', 'reason', 'next', 'done', 'lang', 'csrf', 'from', 'to', 'id']);
const ids = new Set(['1', '0', '-1', '9223372036854775807', '9223372036854775808', 'x']);

function learn(body) {
  if (!body) return;
  for (const m of body.matchAll(/name="([a-z_0-9]{1,40})"/g)) if (fields.size < 400) fields.add(m[1]);
  for (const m of body.matchAll(/\/(\d{4,19})\b/g)) if (ids.size < 3000) ids.add(m[1]);
}
for (const session of sessions)
  for (const route of routes)
    if (route.method === 'GET' && !route.pattern.includes('{') && !/export|live/.test(route.pattern))
      learn((await send('GET', route.pattern, { Cookie: session.cookie })).body);

// ---- odd values

const odd = ['', ' ', '0', '-1', '1', '99999999999999999999', '2023-12-31', '2023-02-30', '0000-00-00', '9999-12-31',
  '%00', '%ff%fe', '%c0%af', '%', '%zz', '%E6%9D%8E', '李明', '"', "'", '<script>alert(1)</script>', "' OR 1=1 --", '../../etc/passwd',
  '{{shell.csrf}}', '{{{a}}}', '%F0%9F%98%80', 'a'.repeat(3000), '\u202e', '1e309', 'NaN', 'true', '370800', '370811199001021234', '91370800MA3C0', 'csv', 'xlsx', 'json', '*', '//evil.example', 'https://evil.example', '/persons'];

function value() {
  if (chance(25)) return pick([...ids]);
  let text = pick(odd);
  if (chance(20) && text.length) text = text.slice(0, random(text.length) + 1) + pick(odd);
  return text;
}

function query() {
  const count = random(5);
  let text = '';
  for (let i = 0; i < count; i++) text += `${i ? '&' : ''}${pick([...fields])}=${encodeLoosely(value())}`;
  return text;
}

// Mostly as a browser would, sometimes not.
function encodeLoosely(text) {
  if (/^%/.test(text)) return text;
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/g, '')).replace(/%20/g, '+');
}

function formBody(session) {
  const pairs = [];
  for (let i = random(8); i > 0; i--) pairs.push([pick([...fields]), value()]);
  if (session?.csrf && chance(85)) pairs.push(['csrf', session.csrf]);
  return pairs;
}

function bodyOf(session) {
  const pairs = formBody(session);
  switch (random(5)) {
    case 0: {
      const object = {};
      for (const [name, text] of pairs) object[name] = pick([text, Number(text) || 0, true, null, [text, 1], { a: text }]);
      let text = JSON.stringify(object);
      if (chance(15)) text = text.slice(0, random(text.length + 1));
      if (chance(5)) text = '['.repeat(20000);
      return ['application/json', text];
    }
    case 1: {
      const boundary = 'b'.repeat(random(4) + 1);
      let text = '';
      for (const [name, content] of pairs) text += `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${chance(30) ? '; filename="a.csv"\r\nContent-Type: text/csv' : ''}\r\n\r\n${content}\r\n`;
      text += `--${boundary}--\r\n`;
      if (chance(25)) text = text.slice(0, random(text.length + 1));
      return [`multipart/form-data; boundary=${boundary}`, text];
    }
    case 2:
      return [pick(['text/plain', 'application/xml', 'application/x-www-form-urlencoded; charset=gbk', '']), pick(odd)];
    default:
      return ['application/x-www-form-urlencoded', pairs.map(([n, v]) => `${n}=${encodeLoosely(v)}`).join('&')];
  }
}

// Raw bytes on a socket: a good head with some bytes changed.
function raw(session) {
  return new Promise((resolve) => {
    const text = Buffer.from(`${pick(['GET', 'POST', 'PUT', 'G'])} ${pick(routes).pattern}?${query()} HTTP/1.1\r\nHost: ${url.host}\r\nCookie: ${session.cookie}\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc`, 'utf8');
    for (let i = random(4); i > 0; i--) text[random(text.length)] = random(256);
    const socket = net.connect(url.port, url.hostname);
    let got = '';
    const timer = setTimeout(() => socket.destroy(), 400);
    socket.on('data', (data) => { got += data.toString('latin1').slice(0, 200); socket.end(); });
    socket.on('error', () => {});
    socket.on('close', () => { clearTimeout(timer); resolve({ status: Number(got.match(/^HTTP\/1\.1 (\d+)/)?.[1] ?? 0), what: text.toString('latin1') }); });
    socket.write(text);
  });
}

// ---- a minute of it

const spare = /sign-out|sessions\/end|\/close|\/password|\/live|found\/sweep/;
const counts = {};
let failed = 0;
const until = Date.now() + Number(seconds) * 1000;

async function client() {
  while (Date.now() < until && failed < 10) {
    const at = random(sessions.length);
    const session = sessions[at];
    if (chance(5)) { note(await raw(session), 'raw', session); continue; }
    const route = pick(routes);
    if (spare.test(route.pattern) && !chance(1)) continue;
    let target = route.pattern.replace(/\{[a-z_]+\}/g, () => encodeLoosely(chance(80) ? pick([...ids]) : value()));
    if (chance(40)) target = `/api/v1${target}`;
    if (chance(70)) target += `?${query()}`;
    const method = chance(90) ? route.method : pick(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS']);
    const headers = { Accept: pick(['text/html', 'application/json', '*/*', 'q=;,;']) };
    headers.Cookie = pick([session.cookie, session.cookie, session.cookie, session.cookie, 'baigong=' + 'f'.repeat(64), 'baigong=x', '']);
    if (chance(10)) headers.Origin = pick(['https://evil.example', base, 'null']);
    if (chance(10)) headers['Accept-Language'] = pick(['en', 'zh;q=0.1,en;q=x', ',,,;q=', 'a'.repeat(500)]);
    let body;
    if (method !== 'GET' && method !== 'HEAD') {
      const [type, text] = bodyOf(session);
      headers['Content-Type'] = type;
      body = text;
    }
    target = target.replace(/[^\x21-\x7e]/g, (c) => encodeURIComponent(c));
    const answer = await send(method, target, headers, body);
    note(answer, `${method} ${target} ${JSON.stringify(headers)} ${String(body ?? '').slice(0, 500)}`, session);
    if (answer.status === 200) learn(answer.body?.slice(0, 200000));
    if (answer.status === 401 || (answer.status === 303 && /sign-in/.test(answer.headers?.location ?? '')))
      sessions[at] = (chance(20) && await signIn(session)) || sessions[at];
    if (answer.headers?.location && !answer.headers.location.startsWith('/')) fail(`led away to ${answer.headers.location}`, target);
  }
}

function fail(why, what) { failed++; console.log(`FAILED ${why} (seed ${seed})\n  ${what}`); }
function note(answer, what) {
  counts[answer.status] = (counts[answer.status] ?? 0) + 1;
  if (answer.status >= 500 && answer.status !== 503 && answer.status !== 505) fail(`${answer.status}`, answer.what ?? what);
}

await Promise.all(Array.from({ length: 6 }, client));
agent.destroy();
const alive = await send('GET', '/healthz', { Connection: 'close' });
if (alive.status !== 200) fail('the server is gone', '');
console.log(Object.entries(counts).map(([status, count]) => `${count} x ${status}`).join(', '));
process.exit(failed ? 1 : 0);
