// Signing in with a code of a phone and elsewhere: node sign_in.mjs code BASE LOGIN PASSWORD
//                                                  node sign_in.mjs oidc BASE PROVIDER LOGIN
import crypto from 'node:crypto';

const [what, base, ...rest] = process.argv.slice(2);
const form = (fields) => ({ method: 'POST', redirect: 'manual', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(fields).toString() });

function expect(condition, words) {
  if (condition) return;
  console.log(`FAILED ${words}`);
  process.exit(1);
}

function jar() {
  const cookies = new Map();
  return async (url, options = {}) => {
    const answer = await fetch(url, { redirect: 'manual', ...options, headers: { ...options.headers, Cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join('; ') } });
    for (const line of answer.headers.getSetCookie?.() ?? [answer.headers.get('set-cookie') ?? '']) {
      const [, name, value] = line.match(/^([^=;]+)=([^;]*)/) ?? [];
      if (name) value ? cookies.set(name, value) : cookies.delete(name);
    }
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text(), cookies };
  };
}

function codeOf(secret, step) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = crypto.createHmac('sha1', key).update(counter).digest();
  return String((digest.readUInt32BE(digest[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

const csrfOf = (text) => text.match(/name="csrf" value="([0-9a-f]+)"/)?.[1];

async function code(login, password) {
  const ask = jar();
  let answer = await ask(`${base}/sign-in`, form({ login, password }));
  expect(answer.status === 303, `the password alone signs in before the code is set up: ${answer.status}`);
  answer = await ask(`${base}/persons`);
  expect(answer.status === 303 && answer.location === '/account/code', 'the role must set the code up first');
  answer = await ask(`${base}/account/code`);
  const csrf = csrfOf(answer.text);
  await ask(`${base}/account/code/begin`, form({ csrf }));
  answer = await ask(`${base}/account/code`);
  const secret = answer.text.match(/<code[^>]*>([A-Z2-7]{32})<\/code>/)?.[1];
  expect(secret && /<svg class="scan"[^>]*>.*<rect/.test(answer.text), 'the page shows secret and QR code');
  answer = await ask(`${base}/account/code`, form({ csrf, code: '000000' }));
  expect(answer.status === 422, 'a wrong first code is refused');
  const step = Math.floor(Date.now() / 30000);
  answer = await ask(`${base}/account/code`, form({ csrf, code: codeOf(secret, step - 1) }));
  const words = [...answer.text.matchAll(/<code>([a-z0-9]{5}-[a-z0-9]{5})<\/code>/g)].map((m) => m[1]);
  expect(answer.status === 200 && words.length === 8, `eight recovery words are shown: ${answer.status} ${words.length}`);
  expect((await ask(`${base}/persons`)).status === 200, 'the pages are open now');

  const second = jar();
  answer = await second(`${base}/sign-in`, form({ login, password, next: '/persons' }));
  const ticket = answer.text.match(/name="ticket" value="([0-9a-f]+)"/)?.[1];
  expect(answer.status === 200 && ticket && !second.cookies?.size, 'the second sign-in asks for the code');
  expect((await second(`${base}/persons`)).status === 303, 'without the code nobody is signed in');
  expect((await second(`${base}/sign-in/code`, form({ ticket, code: '123' }))).status === 401, 'a wrong code');
  expect((await second(`${base}/sign-in/code`, form({ ticket: ticket.replace(/^../, 'ff'), code: codeOf(secret, step) }))).status === 400, 'a ticket that was changed');
  answer = await second(`${base}/sign-in/code`, form({ ticket, code: codeOf(secret, step), next: '/persons' }));
  expect(answer.status === 303 && answer.location === '/persons', 'the right code signs in');
  expect((await second(`${base}/persons`)).status === 200, 'and the pages are open');
  expect((await jar()(`${base}/sign-in/code`, form({ ticket, code: codeOf(secret, step) }))).status === 401, 'a code is good once');

  const program = jar();
  expect((await program(`${base}/api/v1/sign-in`, form({ login, password }))).status === 401, 'a program needs the code');
  answer = await program(`${base}/api/v1/sign-in`, form({ login, password, code: words[0] }));
  expect(answer.status === 200 && JSON.parse(answer.text).token, 'a recovery word stands for a code');
  console.log('ok');
}

async function oidc(provider, login) {
  const ask = jar();
  const page = await ask(`${base}/sign-in`);
  expect(page.text.includes('/sign-in/oidc?next='), 'the sign-in page offers it');
  let answer = await ask(`${base}/sign-in/oidc?next=/persons`);
  expect(answer.status === 303 && answer.location.startsWith(`${provider}/`), `to the provider: ${answer.status} ${answer.text.slice(0, 200)}`);
  const asked = new URL(answer.location).searchParams;
  expect(asked.get('code_challenge_method') === 'S256' && asked.get('state') && asked.get('nonce'), 'PKCE, state, nonce');
  const there = jar();
  answer = await there(answer.location);
  for (let i = 0; i < 8 && !answer.location?.startsWith(base); i++) {
    if (answer.status >= 300 && answer.status < 400) { answer = await there(new URL(answer.location, provider).href); continue; }
    const action = answer.text.match(/action="([^"]+)"/)?.[1];
    expect(action, `the provider shows a form: ${answer.status}`);
    const prompt = answer.text.match(/name="prompt" value="([a-z]+)"/)?.[1];
    answer = await there(new URL(action, provider).href, form({ prompt, login, password: 'x' }));
  }
  const back = answer.location;
  expect(back?.startsWith(`${base}/sign-in/oidc/back?`), `back to us: ${back}`);
  expect((await jar()(back)).status === 400, 'another browser cannot use it');
  const forged = new URL(back);
  forged.searchParams.set('state', 'x');
  expect((await ask(forged.href)).status === 401, 'another state is refused');
  answer = await ask(back);
  if (login === 'stranger') { expect(answer.status === 401, `a stranger has no account here: ${answer.status}`); console.log('ok'); return; }
  expect(answer.status === 303 && answer.location === '/persons', `signed in: ${answer.status} ${answer.text.slice(0, 300)}`);
  expect((await ask(`${base}/persons`)).status === 200, 'the pages are open');
  expect((await ask(back)).status !== 303, 'it is good once');
  console.log('ok');
}

await (what === 'code' ? code(...rest) : oidc(...rest));
