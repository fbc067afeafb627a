// The notices of what was approved are published by another than who made them.
//
//   node case_bank.mjs BASE ACCOUNTS
import { expect, finish, launch, openAs, readAccounts, signIn } from './browse.mjs';

const [base, accountsPath] = process.argv.slice(2);
const approver = readAccounts(accountsPath).find(account => account.login === 'approver');
const cookie = await signIn(base, approver);
const browser = await launch();
const page = await openAs(browser, base, cookie);
let published = 0;
for (;;) {
  await page.goto(`${base}/news/notices`);
  const links = await page.$$eval('main a[href^="/news/notices/"]', found =>
    found.map(link => link.getAttribute('href')).filter(href => /\/\d+$/.test(href)));
  let next = null;
  for (const href of links) {
    await page.goto(base + href);
    if (await page.locator('form[action$="/publish"] button').count() > 0) { next = href; break; }
  }
  if (!next) break;
  await Promise.all([page.waitForNavigation(),
                     page.click('form[action$="/publish"] button')]);
  published++;
}
expect(published > 0, 'a notice is published');
await page.goto(`${base}/notices`);
expect(await page.locator('main a[href^="/notices/"]').count() > 0, 'everybody can read it');
await browser.close();
finish();
