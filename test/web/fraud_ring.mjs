// Fraud ring stopped: the supervisor's desk with claims that share one account.
//
//   node fraud_ring.mjs BASE ACCOUNTS [SHOTS]
import { expect, examine, finish, launch, openAs, readAccounts, shoot, signIn, widths }
  from './browse.mjs';

const [base, accountsPath, shots] = process.argv.slice(2);
const accounts = Object.fromEntries(readAccounts(accountsPath).map(a => [a.login, a]));
const ring = '多人登记同一账号';

async function see(page, name) {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    await examine(page, name, width);
    await shoot(page, shots, `${name}-${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function goes(page, path, status = 200) {
  const answer = await page.goto(base + path);
  expect(answer.status() === status, `${path}: ${answer.status()}`);
}

const browser = await launch();
const supervisor = await openAs(browser, base, await signIn(base, accounts.supervisor));
const finance = await openAs(browser, base, await signIn(base, accounts.finance));

// ---- what is held
await goes(supervisor, '/gate');
const paths = await supervisor.locator('a[href^="/gate/claims/"]')
  .evaluateAll(links => links.map(link => link.getAttribute('href')));
expect(paths.length === 6, `${paths.length} claims are held`);
await see(supervisor, 'gate-held');

// ---- one claim: facts in words, a drawing, and the same in a table
await goes(supervisor, paths[0]);
const finding = supervisor.locator('section', { hasText: ring }).first();
expect(await finding.locator('tbody tr').count() >= 5, 'those who share the account are listed');
expect(await supervisor.locator('svg.gate-graph line').count() >= 5, 'and drawn');
await see(supervisor, 'gate-claim');

// ---- no reason, no decision
async function decide(page, path, button, reason) {
  await goes(page, path);
  const of = page.locator('section', { hasText: ring }).first();
  await of.locator('textarea').fill(reason);
  const [answer] = await Promise.all([page.waitForNavigation(),
                                      of.getByRole('button', { name: button, exact: true }).click()]);
  return answer.status();
}
expect(await decide(supervisor, paths[0], '有问题，不付', '短') === 422, 'too short a reason is refused');
expect(await decide(supervisor, paths[0], '有问题，不付', '同一中介代开的账号') === 200, 'confirmed');
expect((await supervisor.locator('.head').innerText()).includes('不付'), 'the claim is stopped');
expect(await decide(supervisor, paths[1], '说明理由，放行', '本人到场核对过账号') === 200, 'cleared');
await goes(supervisor, '/gate/rules');
expect((await supervisor.locator('table').innerText()).includes('50%'), 'the precision follows');
await see(supervisor, 'gate-rules');

// ---- finance reads, and does not decide
await goes(finance, paths[2]);
expect(await finance.locator('form[action*="/findings/"]').count() === 0, 'finance has no buttons');
const { token } = await (await fetch(`${base}/api/v1/sign-in`, { method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ login: accounts.finance.login, password: accounts.finance.password }) })).json();
const claim = await (await fetch(`${base}/api/v1${paths[2]}`,
  { headers: { Authorization: `Bearer ${token}` } })).json();
const refused = await fetch(`${base}/api/v1${paths[2]}/findings/${claim.findings?.[0]?.id}/clear`, {
  method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
  body: JSON.stringify({ reason: '我来放行试试' }) });
expect(refused.status === 403, `a program of finance is refused: ${refused.status}`);

await browser.close();
finish();
