// What the walks through the web face share: accounts, sign-in over HTTP, and a look at one page.
import { createRequire } from 'node:module';
import { readFileSync, mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const widths = [1280, 360];
export const failures = [];
let passed = 0;

export function expect(condition, what) {
  if (condition) passed++;
  else { failures.push(what); console.log(`FAILED ${what}`); }
}

// What `baigong account demo` printed: role, login, password a line.
export function readAccounts(path) {
  return readFileSync(path, 'utf8').split('\n').map(line => line.trim().split(/\s+/))
    .filter(words => words.length === 3 && /^[a-z_]+$/.test(words[1]))
    .map(([, login, password]) => ({ login, password }));
}

// Signs in as a form does; the cookie of the session.
export async function signIn(base, { login, password }) {
  const answer = await fetch(`${base}/sign-in`, {
    method: 'POST', redirect: 'manual', body: new URLSearchParams({ login, password }),
  });
  const cookie = answer.headers.getSetCookie().map(text => text.split(';')[0])
    .find(text => text.startsWith('baigong='));
  expect(answer.status === 303 && cookie, `${login} signs in`);
  return cookie;
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.BAIGONG_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

// A page of a browser that has the session.
export async function openAs(browser, base, cookie, options = {}) {
  const context = await browser.newContext({
    locale: 'zh-CN', colorScheme: process.env.BAIGONG_SCHEME ?? 'light', ...options });
  if (cookie) {
    const [name, value] = cookie.split('=');
    await context.addCookies([{ name, value, url: base }]);
  }
  return context.newPage();
}

// Nothing outside of the width, one h1, and nothing serious against WCAG 2.2 AA. All rules are held
// against the wide page; the narrow one is asked again only for what its layout decides. With
// BAIGONG_AXE=no the rules are left to the other engine: a page's markup does not depend on the store.
export async function examine(page, where, width) {
  const wide = await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide <= 0, `${where}: ${wide} px too wide`);
  expect(await page.locator('h1').count() === 1, `${where}: one h1`);
  const nameless = await page.$$eval('tbody th[scope=row]',
    heads => heads.filter(head => !head.textContent.trim()).length);
  expect(nameless === 0, `${where}: ${nameless} rows of a table have no name`);
  if (process.env.BAIGONG_AXE === 'no') return;
  const run = width === widths[0] ? { type: 'tag', values: tags }
    : { type: 'rule', values: ['target-size', 'color-contrast', 'scrollable-region-focusable'] };
  await page.evaluate(axe);
  const violations = await page.evaluate(runOnly =>
    window.axe.run(document, { runOnly, resultTypes: ['violations'] })
      .then(result => result.violations
        .filter(one => one.impact === 'serious' || one.impact === 'critical')
        .map(one => `${one.id} ${one.nodes[0]?.html.slice(0, 160)}`)), run);
  expect(violations.length === 0, `${where}: ${violations.join('; ')}`);
}

// Opens a path at both widths; `name` is the picture's when there is a folder for them.
export async function look(page, base, who, path, shots, name) {
  for (const width of widths) {
    const where = `${who} ${path} ${width}`;
    const complaints = [];
    const listen = message => { if (message.type() === 'error') complaints.push(message.text()); };
    page.on('console', listen);
    await page.setViewportSize({ width, height: 800 });
    const answer = await page.goto(base + path, { waitUntil: 'load' });
    page.off('console', listen);
    expect(answer.status() < 400, `${where}: ${answer.status()}`);
    expect(complaints.length === 0, `${where}: ${complaints[0]}`);
    await examine(page, where, width);
    if (shots) await shoot(page, shots, `${name}-${width}`);
  }
}

export async function shoot(page, shots, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}

// The last line counts; the exit status tells.
export function finish() {
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exit(failures.length === 0 && passed > 0 ? 0 : 1);
}
