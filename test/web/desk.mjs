// Each role walks through every page that it can reach by links, on a desk and on a phone.
//
//   node desk.mjs BASE ACCOUNTS [SHOTS]
//
// ACCOUNTS is what `baigong account demo` printed: role, login, password a line. On every page: the
// answer is no error, nothing lies outside a phone's width, the rules of accessibility (WCAG 2.2 AA)
// find nothing serious, the browser has nothing to complain of, and each text stands in one heading.
// SHOTS is a folder for a picture of each page in both widths. The last line counts.
import { readFileSync, mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { AxeBuilder } from '@axe-core/playwright';

const [base, accountsPath, shots] = process.argv.slice(2);
const accounts = readFileSync(accountsPath, 'utf8').split('\n').map(line => line.trim().split(/\s+/))
  .filter(words => words.length === 3 && /^[a-z_]+$/.test(words[1]));
const pagesAtMost = 40;
let passed = 0;
const failures = [];

function expect(condition, what) {
  if (condition) passed++;
  else { failures.push(what); console.log(`FAILED ${what}`); }
}

// /persons/68719481081 and /persons/68719481082 are one page: the first is looked at.
const shape = path => path.replace(/\?.*$/, '').replace(/\d{6,}/g, '{id}');

async function signIn(page, login, password) {
  await page.goto(`${base}/sign-in`);
  await page.fill('#login', login);
  await page.fill('#password', password);
  await Promise.all([page.waitForURL(url => url.pathname !== '/sign-in'),
                     page.click('main form button')]);
}

// What differs from role to role is the whole page only on the home page.
const looked = new Set();

async function look(page, who, path, width) {
  const where = `${who} ${path} ${width}`;
  const complaints = [];
  const listen = message => { if (message.type() === 'error') complaints.push(message.text()); };
  page.on('console', listen);
  const answer = await page.goto(base + path, { waitUntil: 'load' });
  expect(answer.status() < 400, `${where}: ${answer.status()}`);
  if (!(answer.headers()['content-type'] ?? '').includes('text/html')) return [];
  expect(complaints.length === 0, `${where}: ${complaints[0]}`);
  page.off('console', listen);
  const wide = await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide <= 0, `${where}: ${wide} px too wide`);
  expect(await page.locator('h1').count() === 1, `${where}: one h1`);
  const kind = `${path === '/' ? who : ''} ${shape(path)} ${width}`;
  const links = await page.$$eval('a[href^="/"]', all => all.map(a => a.getAttribute('href')));
  if (looked.has(kind)) return links;
  looked.add(kind);
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const serious = found.violations.filter(v => v.impact === 'serious' || v.impact === 'critical');
  expect(serious.length === 0,
         `${where}: ${serious.map(v => `${v.id} ${v.nodes[0]?.html.slice(0, 120)}`).join('; ')}`);
  if (shots) {
    mkdirSync(shots, { recursive: true });
    const name = shape(path).replace(/^\//, '').replace(/[^\w]+/g, '-') || 'home';
    await page.screenshot({ path: `${shots}/${who}-${name}-${width}.png`, fullPage: true });
  }
  return links;
}

async function walk(browser, who, login, password) {
  for (const width of [1280, 360]) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, locale: 'zh-CN' });
    const page = await context.newPage();
    if (login) await signIn(page, login, password);
    const seen = new Set(['/sign-out', '/lang']);
    const waiting = ['/'];
    while (waiting.length > 0 && seen.size < pagesAtMost) {
      const path = waiting.shift();
      if (seen.has(shape(path)) || /[?&](format|lang)=/.test(path)) continue;
      seen.add(shape(path));
      waiting.push(...await look(page, who, path.replace(/#.*$/, ''), width));
    }
    await context.close();
  }
}

async function languages(browser) {
  const context = await browser.newContext({ locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(`${base}/sign-in`);
  expect(await page.getAttribute('html', 'lang') === 'zh-CN', 'Chinese first');
  await page.click('footer a[lang=en]');
  expect(await page.getAttribute('html', 'lang') === 'en', 'English by switch');
  expect(page.url() === `${base}/sign-in`, 'the switch comes back to the page');
  await context.close();
}

async function wrongPassword(browser) {
  const page = await (await browser.newContext({ locale: 'zh-CN' })).newPage();
  await page.goto(`${base}/sign-in?next=/account`);
  await page.fill('#login', 'nobody');
  await page.fill('#password', 'wrong');
  await page.click('main form button');
  expect(await page.locator('#errors').isVisible(), 'the summary tells of a wrong password');
  expect(await page.evaluate(() => document.activeElement?.id) === 'errors',
         'the summary takes the focus');
  expect(await page.inputValue('#login') === 'nobody', 'the login is kept');
  await page.context().close();
}

const browser = await chromium.launch({
  executablePath: process.env.BAIGONG_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
await languages(browser);
await wrongPassword(browser);
await walk(browser, 'public');
for (const [, login, password] of accounts) await walk(browser, login, login, password);
await browser.close();
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 && passed > 0 ? 0 : 1);
