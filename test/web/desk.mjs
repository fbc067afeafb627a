// Each role walks through every page that it can reach by links.
//
//   node desk.mjs BASE ACCOUNTS [SHOTS]
//
// The walk itself goes over HTTP: every link of every page of every role answers without an error.
// Each template is then looked at once in a browser, on a desk and on a phone (browse.mjs); the home
// page once a role. SHOTS is a folder for a picture of each page in both widths.
import { expect, examine, finish, launch, look, openAs, readAccounts, signIn } from './browse.mjs';

const [base, accountsPath, shots] = process.argv.slice(2);
const pagesAtMost = 80;

// /persons/68719481081 and /persons/68719481082 are one page: the first is looked at.
const shape = path => path.replace(/[?#].*$/, '').replace(/\/\d+(?=\/|$)/g, '/{id}')
  .replace(/\/[^/]*%[^/]*(?=\/|$)/g, '/{name}');
// Documents are many and their template is one.
const template = path => shape(path).replace(/^\/policy\/[a-z]+-[^/]+/, '/policy/{document}');

const links = text => [...text.matchAll(/<a [^>]*href="(\/[^"#]*)/g)]
  .map(match => match[1].replace(/&amp;/g, '&').replace(/&#x?[0-9a-f]+;/gi,
    entity => String.fromCodePoint(/x/i.test(entity) ? parseInt(entity.slice(3), 16)
                                                     : parseInt(entity.slice(2), 10))));

// The HTML pages that a role reaches, by links from its home page.
async function walk(who, cookie) {
  const seen = new Set(['/sign-out', '/lang']);
  const waiting = [['/', 'home']];
  const found = [];
  while (waiting.length > 0 && seen.size < pagesAtMost) {
    const [path, from] = waiting.shift();
    if (seen.has(shape(path)) || /[?&](format|lang)=/.test(path)) continue;
    seen.add(shape(path));
    const answer = await fetch(base + path, { headers: cookie ? { cookie } : {} });
    const text = await answer.text();
    expect(answer.status < 400, `${who} ${path} from ${from}: ${answer.status}`);
    if (!(answer.headers.get('content-type') ?? '').includes('text/html')) continue;
    found.push(path);
    waiting.push(...links(text).map(link => [link, path]));
  }
  return found;
}

async function languages(browser) {
  const page = await openAs(browser, base);
  await page.goto(`${base}/sign-in`);
  expect(await page.getAttribute('html', 'lang') === 'zh-CN', 'Chinese first');
  await page.click('footer a[lang=en]');
  expect(await page.getAttribute('html', 'lang') === 'en', 'English by switch');
  expect(page.url() === `${base}/sign-in`, 'the switch comes back to the page');
  await page.context().close();
}

async function wrongPassword(browser) {
  const page = await openAs(browser, base);
  await page.goto(`${base}/sign-in?next=/account`);
  await page.fill('#login', 'nobody');
  await page.fill('#password', 'wrong');
  await page.click('main form button');
  expect(await page.locator('#errors').isVisible(), 'the summary tells of a wrong password');
  expect(await page.evaluate(() => document.activeElement?.id) === 'errors',
         'the summary takes the focus');
  expect(await page.inputValue('#login') === 'nobody', 'the login is kept');
  await examine(page, 'sign-in with errors', 1280);
  await page.context().close();
}

const roles = [{ login: 'public' }, ...readAccounts(accountsPath)];
for (const role of roles) {
  if (role.password) role.cookie = await signIn(base, role);
  role.paths = await walk(role.login, role.cookie);
}

const browser = await launch();
await languages(browser);
await wrongPassword(browser);
const looked = new Set();
for (const { login, cookie, paths } of roles) {
  const page = await openAs(browser, base, cookie);
  for (const path of paths) {
    const kind = path === '/' ? login : template(path);
    if (looked.has(kind)) continue;
    looked.add(kind);
    const name = shape(path).replace(/^\//, '').replace(/[^\w]+/g, '-') || 'home';
    await look(page, base, login, path, shots, `${login}-${name}`);
  }
  await page.context().close();
}
await browser.close();
console.log(`${looked.size} templates, ${roles.map(r => `${r.login} ${r.paths.length}`).join(', ')}`);
finish();
