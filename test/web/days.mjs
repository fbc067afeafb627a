// The days of training body, assessment body, finance, supervisor, director, administrator and the
// public, by clicks and forms; record.mjs and policy.mjs have those of the others.
//
//   node days.mjs BASE ACCOUNTS [SHOTS]
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { expect, examine, finish, launch, openAs, readAccounts, shoot, signIn, widths }
  from './browse.mjs';

const [base, accountsPath, shots] = process.argv.slice(2);
const accounts = Object.fromEntries(readAccounts(accountsPath).map(a => [a.login, a]));
const [wide, narrow] = widths;
const browser = await launch();

// ---- what all of them do

// A page without a session, or with one; what its console complains of is a failure. Answers that
// refuse are told there too, and are looked at by the steps that ask for them.
async function enter(login) {
  const cookie = login && await signIn(base, accounts[login]);
  const page = await openAs(browser, base, cookie, { viewport: { width: wide, height: 800 } });
  page.on('console', message => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
      expect(false, `${login} ${page.url()}: ${message.text()}`);
  });
  return page;
}

// Where the page stands now, on a phone.
async function see(page, name) {
  await page.setViewportSize({ width: narrow, height: 800 });
  // A chart takes the new width after the page has.
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, null,
                             { timeout: 5000 }).catch(() => {});
  await examine(page, name, narrow);
  await shoot(page, shots, `days-${name}`);
  await page.setViewportSize({ width: wide, height: 800 });
}

async function goes(page, path, name) {
  const answer = await page.goto(base + path);
  expect(answer.status() === 200, `${path}: ${answer.status()}`);
  if (name) await see(page, name);
}

async function press(page, name) {
  const [answer] = await Promise.all([
    page.waitForNavigation(), page.getByRole('button', { name }).first().click()]);
  return answer;
}

async function follow(page, link, name) {
  const [answer] = await Promise.all([page.waitForNavigation(), link.first().click()]);
  expect(answer.status() === 200, `${page.url()}: ${answer.status()}`);
  if (name) await see(page, name);
}

const main = page => page.textContent('main');
const heading = page => page.textContent('h1');
const number = text => Number(text.replace(/[^\d.-]/g, ''));
const room = (page, name) => page.locator('nav.rooms a', { hasText: name });

// A file that a link saves, as a browser saves it.
async function save(page, link) {
  const [download] = await Promise.all([page.waitForEvent('download'), link.first().click()]);
  return readFileSync(await download.path());
}

// The text of a member of a zip file; '' when it has none of that name.
function member(zip, name) {
  let at = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  for (let left = zip.readUInt16LE(at + 10), entry = zip.readUInt32LE(at + 16); left > 0; left--) {
    const nameSize = zip.readUInt16LE(entry + 28);
    if (zip.toString('utf8', entry + 46, entry + 46 + nameSize) === name) {
      at = zip.readUInt32LE(entry + 42);
      const from = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
      const data = zip.subarray(from, from + zip.readUInt32LE(entry + 20));
      return (zip.readUInt16LE(entry + 10) === 8 ? inflateRawSync(data) : data).toString('utf8');
    }
    entry += 46 + nameSize + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
  return '';
}

// ---- training body and assessment body

async function body(login, who) {
  const page = await enter(login);
  await goes(page, '/', `${who}-our`);
  const names = await page.locator('tbody th').allTextContents();
  const count = number(await page.textContent('main h2'));
  expect(names.length === Math.min(count, 50) && names.every(name => name.includes('*')),
         `${who}: its ${count} people stand with masked names`);
  expect(count > 0 || (await main(page)).includes('没有登记的在职人员'), `${who}: nobody, in words`);
  const owed = page.locator('aside dl a[href^="/our/found/"]');
  if (await owed.count() > 0) {
    const rule = await owed.first().textContent();
    await follow(page, owed, `${who}-why`);
    expect((await heading(page)).includes(rule), `${who}: why ${rule}`);
    expect(await page.locator('.proof-row').count() > 0 && await page.locator('blockquote').count() > 0,
           `${who}: with its article and each condition`);
    await page.goBack();
  } else {
    expect((await main(page)).includes('最近一次核对没有发现'), `${who}: owed nothing, in words`);
  }
  await follow(page, page.getByRole('link', { name: '看义务履行' }), `${who}-duties`);
  const duties = await page.locator('tbody tr').count();
  expect((await main(page)).includes(duties ? `${duties} 项义务` : '没有给本单位定义务'),
         `${who}: ${duties} duties`);
  await goes(page, '/our/give/organisation?field=post_count', `${who}-give`);
  await page.locator('form.sheet').evaluate(form => { form.noValidate = true; });
  expect((await press(page, '交给工作人员核实')).status() === 422, `${who}: nothing given is refused`);
  expect(await page.locator('#post_count-error').isVisible(), `${who}: and told at the field`);
  await page.fill('#post_count', '31');
  await page.fill('#note', '编制批复可查');
  await press(page, '交给工作人员核实');
  expect(/等核实/.test(await main(page)), `${who}: what was given waits`);
  await see(page, `${who}-given`);
  await page.context().close();
  return count;
}

// ---- finance

async function finance() {
  const page = await enter('finance');
  await goes(page, '/', 'finance-home');
  await follow(page, room(page, '应享'), 'finance-found');
  const tables = page.locator('section:has(h2 a[href^="/policy/"]) table');
  for (let i = 0; i < await tables.count(); i++) {
    const rows = await tables.nth(i).locator('tbody td[data-label=符合]').allTextContents();
    const sum = number(await tables.nth(i).locator('tfoot td[data-label=符合]').textContent());
    expect(rows.reduce((total, one) => total + number(one), 0) === sum,
           `the rules of a document add up to ${sum}`);
  }
  const row = page.locator('tbody tr', { hasText: '首席技师津贴' });
  const granted = number(await row.locator('td[data-label=符合]').textContent());
  const amount = number(await row.locator('data').getAttribute('value'));
  await follow(page, row.locator('td[data-label=符合] a'), 'finance-list');
  expect(await page.locator('tbody tr').count() === granted, `the list has its ${granted} rows`);
  const book = await save(page, page.getByRole('link', { name: '导出 Excel' }));
  const rows = member(book, 'xl/worksheets/sheet1.xml').match(/<row /g) ?? [];
  expect(rows.length === granted + 1, `the Excel has ${rows.length} rows for ${granted} and a head`);
  const cells = await page.locator('tbody td.num').allTextContents();
  expect(cells.reduce((total, one) => total + number(one), 0) === amount, `they add up to ${amount}`);
  await follow(page, page.locator('tbody th a'), 'finance-explained');
  const why = await main(page);
  expect(why.includes('首席技师津贴') && why.includes('1,000'), 'one is explained with its amount');
  expect(await page.locator('.proof-row').count() > 0, 'condition by condition');
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('h1').isVisible() && await page.locator('.proof').isVisible(),
         'the printed sheet has the explanation');
  expect(!await page.locator('nav.rooms').isVisible() && !await page.locator('.no-print').first().isVisible(),
         'and nothing of the screen around it');
  expect((await page.pdf({ format: 'A4' })).length > 1000, 'it prints');
  await page.emulateMedia({ media: 'screen' });
  await follow(page, room(page, '政策'), 'finance-policy');
  await follow(page, page.getByRole('link', { name: '测算' }), 'finance-whatif');
  await page.fill('#settings', '载体建设补助=8万元');
  await press(page, '开始测算');
  await page.waitForSelector('text=下载 CSV', { timeout: 60000 });
  expect(/多花|少花|不变/.test(await heading(page)), `what it costs: ${await heading(page)}`);
  await see(page, 'finance-rehearsed');
  await page.context().close();
}

// ---- supervisor

async function supervisor() {
  const page = await enter('supervisor');
  await goes(page, '/', 'supervisor-home');
  await follow(page, room(page, '档案'), 'supervisor-persons');
  const choices = await page.locator('#division option').allTextContents();
  expect(new Set(choices).size === choices.length, 'each district is offered once');
  await follow(page, page.locator('tbody th a'), 'supervisor-person');
  const person = new URL(page.url()).pathname.split('/').pop();
  await follow(page, page.locator('a[href*="/clear"]'), 'supervisor-clear');
  expect((await press(page, '看全号')).status() === 422, 'a clear number needs a reason');
  expect(await page.locator('#reason-error').isVisible(), 'which is told at the field');
  await page.fill('#reason', '信访件 2023-118 核对本人');
  await press(page, '看全号');
  expect(/^\d{17}[\dX]$/.test(await page.textContent('.sheet .code')), 'with one it is shown');
  await see(page, 'supervisor-cleared');
  await follow(page, room(page, '管理'), 'supervisor-admin');
  await follow(page, page.getByRole('link', { name: '操作记录' }), 'supervisor-audit');
  await page.fill('#subject', person);
  await press(page, '筛选');
  const looked = page.locator('tbody tr', { hasText: '信访件 2023-118 核对本人' });
  expect(await looked.count() === 1, 'the audit has the look at the number once');
  expect((await looked.textContent()).includes('演示监督'), 'with who looked');
  expect((await looked.textContent()).includes('127.0.0.1'), 'and from where');
  await goes(page, '/admin/audit');
  await page.fill('#action', 'account.signed_in');
  await press(page, '筛选');
  const actors = await page.locator('tbody tr td:nth-child(2)').allTextContents();
  expect(actors.length > 0 && actors.every(name => name.startsWith('演示')), `who signed in: ${actors}`);
  await goes(page, '/admin/audit?action=nothing.of.the.kind', 'supervisor-audit-empty');
  expect((await main(page)).includes('没有符合条件的记录'), 'nothing found, in words');
  await press(page, '核对是否被改动');
  expect((await heading(page)).includes('操作记录完整'), 'the seals are verified');
  await see(page, 'supervisor-verified');
  await page.context().close();
}

// ---- director, and whoever opens the report to the public

const title = '2023 年终数字';

async function drillDown(page) {
  const row = page.locator('tbody tr', { hasText: '高技能人才总量' });
  await follow(page, row.locator('th a'), 'director-figure');
  const actual = number((await heading(page)).split(' ').pop());
  const places = await page.locator('.figure table tbody tr td.num').allTextContents();
  expect(places.slice(-30).reduce((sum, one) => sum + number(one), 0) === actual,
         `the counties add up to ${actual}`);
  expect((await main(page)).includes('批次'), 'the figure can be cited');
  await follow(page, page.getByRole('link', { name: '看这个数里的人' }), 'director-names');
  expect((await main(page)).includes(`共 ${actual.toLocaleString('en')} `), 'with as many names');
  const names = await page.locator('tbody th').allTextContents();
  expect(names.length === Math.min(50, actual) && names.every(name => name.includes('*')),
         `${names.length} of them on a page, masked`);
}

async function director() {
  const page = await enter('director');
  await goes(page, '/', 'director-home');
  await follow(page, room(page, '指标'), 'director-insight');
  await drillDown(page);
  await goes(page, '/insight');
  const before = await page.locator('tbody th a').first().getAttribute('href');
  await press(page, '重新统计');
  expect(/^\/jobs\/\d+$/.test(new URL(page.url()).pathname), 'a count is a job');
  await page.waitForSelector('h1:has-text("统计完成")', { timeout: 30000 });
  await see(page, 'director-counted');
  await follow(page, page.getByRole('link', { name: '看新的数字' }));
  expect(await page.locator('tbody th a').first().getAttribute('href') !== before,
         'the figures are those of the new count');
  await page.locator('#title').evaluate(input => input.removeAttribute('required'));
  expect((await press(page, '固定为报告')).status() === 422, 'a report needs a title');
  await see(page, 'director-untitled');
  await goes(page, '/insight');
  await page.fill('#title', title);
  await press(page, '固定为报告');
  expect(await heading(page) === title && /SM3 [0-9a-f]{64}/.test(await main(page)),
         'the report stands with its seal');
  await see(page, 'director-report');
  expect(await page.getByRole('button', { name: '复核无误，公开' }).count() === 0,
         'who froze it is not offered to publish it');
  const report = new URL(page.url()).searchParams.get('book');
  const csrf = await page.locator('input[name=csrf]').first().inputValue();
  const answer = await page.request.post(`${base}/insight/reports/${report}/publish`,
    { form: { csrf }, maxRedirects: 0 });
  expect(answer.status() === 403, `and refused when trying: ${answer.status()}`);
  await page.context().close();
}

async function publisher() {
  const page = await enter('policy_maker');
  await goes(page, '/insight/reports', 'publisher-reports');
  await follow(page, page.getByRole('link', { name: title }), 'publisher-report');
  await press(page, '复核无误，公开');
  expect((await main(page)).includes('已公开于'), 'another publishes it');
  await page.context().close();
}

// ---- administrator

const newcomer = { login: 'newcomer', first: 'first-password-1', own: 'my-own-password-2' };

async function signInAt(page, password) {
  await page.goto(`${base}/sign-in`);
  await page.fill('#login', newcomer.login);
  await page.fill('#password', password);
  const [answer] = await Promise.all([page.waitForNavigation(), page.click('main form button')]);
  return answer;
}

async function addAccount(page) {
  await goes(page, '/', 'administrator-home');
  await follow(page, room(page, '管理'), 'administrator-admin');
  await follow(page, page.locator('main').getByRole('link', { name: '账户' }), 'administrator-accounts');
  await follow(page, page.getByRole('link', { name: '添加账户' }), 'administrator-new');
  expect((await press(page, '添加账户')).status() === 422, 'an empty account is refused');
  await page.fill('#login', newcomer.login);
  await page.fill('#name', '新来的审核员');
  await page.selectOption('#role', 'reviewer');
  await page.fill('#division', '370811');
  await page.fill('#password', 'short');
  expect((await press(page, '添加账户')).status() === 422, 'a short password is refused');
  expect(await page.locator('#password-error').isVisible(), 'and told at the field');
  await see(page, 'administrator-refused');
  await page.fill('#password', newcomer.first);
  await press(page, '添加账户');
  const link = page.locator('tbody tr', { hasText: '新来的审核员' }).locator('th a');
  expect(await link.count() === 1, 'the account is added');
  return new URL(await link.getAttribute('href'), base).pathname;
}

async function firstPassword(page) {
  await signInAt(page, newcomer.first);
  expect(new URL(page.url()).pathname === '/account', 'the first password must be changed');
  await see(page, 'newcomer-account');
  await page.goto(`${base}/persons`);
  expect(new URL(page.url()).pathname === '/account', 'before anything else');
  await page.fill('#old', newcomer.first);
  await page.fill('#new', newcomer.own);
  await page.fill('#again', newcomer.own);
  await press(page, '改密码');
  await page.goto(`${base}/persons`);
  expect(new URL(page.url()).pathname === '/sign-in', 'all browsers sign in with the new one');
  await signInAt(page, newcomer.own);
  await goes(page, '/persons');
  expect(await page.locator('tbody th').count() > 0, 'then the desk opens');
}

async function administrator() {
  const page = await enter('administrator');
  const [one, two] = [await enter(), await enter()];
  const account = await addAccount(page);
  await firstPassword(one);
  expect((await signInAt(two, newcomer.first)).status() === 401, 'the first password is gone');
  await signInAt(two, newcomer.own);
  await goes(one, '/account', 'newcomer-sessions');
  expect(await one.locator('main tbody tr').count() === 2, 'both browsers are listed');
  await press(one, '退出其他浏览器');
  await two.goto(`${base}/persons`);
  expect(new URL(two.url()).pathname === '/sign-in', 'the other browser is signed out');
  await goes(page, account, 'administrator-account');
  expect(await page.locator('main tbody tr').count() === 1, 'the administrator sees the one left');
  await press(page, '让它们退出');
  await one.goto(`${base}/persons`);
  expect(new URL(one.url()).pathname === '/sign-in', 'and ends it from afar');
  await signInAt(one, newcomer.own);
  await press(page, '停用账户');
  expect(await page.getByRole('button', { name: '恢复账户' }).isVisible(), 'the account is closed');
  await see(page, 'administrator-closed');
  await one.goto(`${base}/persons`);
  expect(new URL(one.url()).pathname === '/sign-in', 'its session ended with it');
  expect((await signInAt(one, newcomer.own)).status() === 401, 'it cannot sign in any more');
  await see(one, 'newcomer-closed');
  for (const each of [page, one, two]) await each.context().close();
}

// ---- the public

async function everybody() {
  const page = await enter();
  await goes(page, '/', 'public-home');
  const policies = page.locator('tbody th a');
  expect(await policies.count() > 0, 'policies in force are listed with their documents');
  const name = await policies.first().textContent();
  await follow(page, policies, 'public-document');
  expect((await heading(page)).includes(name), `the document itself: ${name}`);
  const document = await main(page);
  expect(document.includes('首席技师津贴') && document.includes('给予'), 'with its statements');
  await goes(page, '/');
  await follow(page, page.getByRole('link', { name: '急需紧缺目录' }), 'public-shortage');
  expect(await page.locator('tbody tr').count() > 0, 'the occupations in short supply');
  await goes(page, '/');
  await follow(page, page.getByRole('link', { name: '公开的数字' }), 'public-figures');
  expect(await heading(page) === title, 'the figures are those of the published report');
  expect(await page.locator('tbody tr').count() > 0 && /SM3 [0-9a-f]{64}/.test(await main(page)),
         'with targets and seal');
  await follow(page, page.locator('footer a[lang=en]'));
  expect(await page.getAttribute('html', 'lang') === 'en' && page.url() === `${base}/figures`,
         'in English at the same place');
  await see(page, 'public-english');
  await goes(page, '/');
  expect(/documents in force/.test(await main(page)), 'English stays');
  await page.context().close();
}

const days = { 'training body': () => body('training_body', 'training-body'),
               'assessment body': () => body('assessment_body', 'assessment-body'),
               finance, supervisor, director, publisher, administrator, public: everybody };
for (const [who, day] of Object.entries(days)) {
  const began = Date.now();
  await day().catch(error => expect(false, `${who}: ${error.message}`));
  console.log(`${who} ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
await browser.close();
finish();
