// Many at work at once, while processes come and go: node crowd.mjs BASE ACCOUNTS SECONDS
//
// Each reads, signs in, reads a protected value for a reason (a write) and signs out. A read must be
// answered at the first try; what changes something may be asked once more. Prints the counts.
import fs from 'node:fs';

const [base, accountsPath, seconds] = process.argv.slice(2);
const accounts = Object.fromEntries(fs.readFileSync(accountsPath, 'utf8').split('\n').map((line) => line.trim().split(/\s+/))
  .filter((words) => words.length === 3 && /^[a-z0-9]{10,}$/.test(words[2])).map(([, login, password]) => [login, password]));
const counts = { reads: 0, writes: 0, retries: 0, failed: 0 };
const until = Date.now() + Number(seconds) * 1000;

function fail(words) {
  counts.failed++;
  if (counts.failed < 10) console.log(`FAILED ${words}`);
}

async function send(path, token, options = {}) {
  try {
    const answer = await fetch(`${base}/api/v1${path}`, { ...options, headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), 'Content-Type': 'application/json' }, signal: AbortSignal.timeout(20000) });
    return { status: answer.status, body: await answer.json() };
  } catch (error) { return { status: 0, body: {}, error }; }
}

async function read(path, token) {
  const answer = await send(path, token);
  counts.reads++;
  if (answer.status !== 200) fail(`GET ${path}: ${answer.status} ${answer.error ?? ''}`);
  return answer.body;
}

async function write(path, token, fields) {
  for (let tries = 0; ; tries++) {
    const answer = await send(path, token, { method: 'POST', body: JSON.stringify(fields) });
    counts.writes++;
    if (answer.status === 200) return answer.body;
    const passing = answer.status === 0 || answer.status === 502 || answer.status === 503 || answer.status === 504;
    if (!passing || tries === 2) { fail(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`); return {}; }
    counts.retries++;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function person(login) {
  while (Date.now() < until) {
    const { token } = await write('/sign-in', null, { login, password: accounts[login] });
    if (!token) continue;
    const { persons = [] } = await read('/persons', token);
    for (const { id } of persons.slice(0, 4)) {
      await read(`/persons/${id}`, token);
      await write(`/persons/${id}/clear`, token, { field: 'identity', reason: '两个进程的演练' });
    }
    await read('/policy', token);
    await write('/sign-out', token, {});
    const gone = await send('/persons', token);
    if (gone.status !== 401) fail(`signed out, and still there: ${gone.status}`);
  }
}

await Promise.all([...Array.from({ length: 3 }, () => person('reviewer')), ...Array.from({ length: 3 }, () => person('approver'))]);
console.log(JSON.stringify(counts));
process.exit(counts.failed || counts.reads < 20 ? 1 : 0);
