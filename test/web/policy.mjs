// A policy draft, from the text in force to the money of the people: written by the policy maker,
// priced, approved by another, in force, entitlements changed and explained; two editors at once.
//
//   node policy.mjs BASE OTHER ACCOUNTS [SHOTS]
//
// OTHER is a second server on the same city: it takes the new document without being told. SHOTS is a
// folder for pictures of every page, by day and by night.
import { expect, examine, finish, launch, openAs, readAccounts, shoot, signIn, widths }
  from './browse.mjs';

const [base, otherBase, accountsPath, shots] = process.argv.slice(2);
const accounts = Object.fromEntries(readAccounts(accountsPath).map(a => [a.login, a]));

// Looked at in both widths, pictured when asked for.
async function see(page, name) {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    await examine(page, name, width);
    await shoot(page, shots, `${name}-${width}`);
    if (!shots) continue;
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot(page, shots, `${name}-${width}-night`);
    await page.emulateMedia({ colorScheme: 'light' });
  }
  await page.setViewportSize({ width: widths[0], height: 800 });
}

async function press(page, name) {
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name }).first().click()]);
}

async function follow(page, link) {
  await Promise.all([page.waitForNavigation(), link.first().click()]);
}

async function goes(page, path) {
  const answer = await page.goto(base + path);
  expect(answer.status() < 400, `${path}: ${answer.status()}`);
}

const browser = await launch();
const maker = await openAs(browser, base, await signIn(base, accounts.policy_maker));
const approver = await openAs(browser, base, await signIn(base, accounts.approver));

// ---- quick rehearsal without a draft
await goes(maker, '/whatif');
await see(maker, 'whatif');
await press(maker, '开始测算');
expect(await maker.locator('#settings-error').isVisible(), 'a rehearsal of nothing is refused');
await maker.fill('#settings', '没有这个参数=1元');
await press(maker, '开始测算');
expect(await maker.locator('#settings-error').isVisible(), 'an unknown parameter is refused');
expect(await maker.inputValue('#settings') === '没有这个参数=1元', 'what was typed is kept');
await maker.fill('#settings', '载体建设补助=8万元');
await press(maker, '开始测算');
await maker.waitForSelector('text=下载 CSV', { timeout: 60000 });
expect(/多花|少花|不变/.test(await maker.textContent('h1')), 'the heading says what it costs');
await see(maker, 'whatif_show');
const rehearsal = new URL(maker.url()).pathname;
for (const [format, type] of [['csv', 'text/csv'], ['json', 'application/json'],
                              ['html', 'text/html']]) {
  const answer = await maker.request.get(`${base}${rehearsal}?format=${format}`);
  expect(answer.status() === 200 && answer.headers()['content-type'].includes(type),
         `the report as ${format}`);
}

// ---- a draft from the document in force
await goes(maker, '/policy/drafts/new?document=jining-2022-skilled-jining');
await see(maker, 'draft_new');
await maker.fill('#from', '2023-12-31');
await press(maker, '开始起草');
expect(await maker.locator('#reason-error').isVisible(), 'a draft needs a reason');
await maker.fill('#reason', '津贴两年没有调整');
await press(maker, '开始起草');
expect(maker.url().endsWith('/edit'), 'a new draft opens in the editor');
const edit = new URL(maker.url()).pathname;
const draft = edit.replace('/edit', '');
const text = await maker.inputValue('#body');

expect(text.includes('1000元'), 'the text in force stands in the editor');

await maker.fill('#body', text.replace('施行: 2022-08-22', '施行: 某日'));
await press(maker, '只检查');
expect(await maker.locator('td:has-text("date"), td:has-text("日期")').count() > 0,
       'the check tells the line of an error');
await see(maker, 'draft_edit');
const better = text // the allowance of the chief technicians, in prose, statement and examples
  .replace('每人每月津贴1000元。', '每人每月津贴1500元。')
  .replace('「管理期内每人每月津贴1000元」', '「管理期内每人每月津贴1500元」')
  .replace('给予  1000元 每人每月', '给予  1500元 每人每月').replace('30 * 12 * 1000元', '30 * 12 * 1500元')
  .replace('首席技师津贴 甲 = 12000元', '首席技师津贴 甲 = 18000元')
  .replace('首席技师津贴 乙 = 2000元', '首席技师津贴 乙 = 3000元')
  .replace('首席技师津贴 乙 = 1000元', '首席技师津贴 乙 = 1500元')
  .replace('首席技师津贴 丙 = 5000元', '首席技师津贴 丙 = 7500元')
  .replace('首席技师津贴年度上限 = 36万元', '首席技师津贴年度上限 = 54万元');
await maker.fill('#body', better);

// ---- two editors at once
const other = await openAs(browser, base, await signIn(base, accounts.policy_maker));
await goes(other, edit);
await press(maker, '保存草案');
expect(maker.url().includes('done=saved'), 'the first to save is saved');
await other.fill('#body', text.replace('标题: 关于', '标题: 修订：关于'));
const [conflict] = await Promise.all([other.waitForNavigation(),
                                      other.getByRole('button', { name: '保存草案' }).click()]);
expect(conflict.status() === 409, 'the second is told of the conflict');
expect((await other.inputValue('#theirs')).includes('1500元'), 'and sees the text of the first');
expect((await other.inputValue('#body')).includes('修订：关于'), 'beside their own');
await see(other, 'draft_conflict');
await other.context().close();

// ---- what it changes, what it costs
await goes(maker, draft);
await see(maker, 'draft');
expect(await maker.locator('.edits ins').count() > 0, 'the changes stand in words');
await goes(maker, `${draft}?view=woven`);
await see(maker, 'draft_woven');
await goes(maker, `${draft}?view=source`);
await see(maker, 'draft_source');
await goes(maker, draft);
await press(maker, '按今天的全市测算');
await maker.waitForSelector('text=下载 CSV', { timeout: 60000 });
const finding = await maker.textContent('h1');
expect(/花/.test(finding), `the draft is priced: ${finding}`);
await goes(maker, draft);
expect((await maker.textContent('aside')).includes(finding), 'the report stands with the draft');

// ---- four eyes
await press(maker, '送会签');
expect(await maker.getByRole('button', { name: '同意施行' }).count() === 0,
       'the author cannot approve');
await goes(approver, '/policy/drafts');
await see(approver, 'drafts');
await follow(approver, approver.getByRole('link', { name: /技能济宁/ }));
await see(approver, 'draft_decide');
await press(approver, '退回修改');
expect(await approver.locator('#words-error').isVisible(), 'a return needs words');
await approver.fill('#words', '请写明资金来源');
await press(approver, '退回修改');
await goes(maker, draft);
expect((await maker.textContent('main')).includes('请写明资金来源'), 'the author reads why');
await press(maker, '送会签');
await goes(approver, draft);
await approver.fill('#words', '同意');
await press(approver, '同意施行');
expect((await approver.textContent('main')).includes('已通过'), 'another person puts it in force');

// ---- in force: the document, the money of the people, the reason
await goes(approver, '/policy/jining-2022-skilled-jining');
expect((await approver.textContent('main')).includes('1,500'), 'the document says the new amount');
let elsewhere = '';
for (let tries = 0; tries < 60 && !elsewhere.includes('1,500'); tries++) {
  if (tries > 0) await new Promise(resolve => setTimeout(resolve, 250));
  elsewhere = await (await fetch(`${otherBase}/policy/jining-2022-skilled-jining`)).text();
}
expect(elsewhere.includes('1,500'), 'another process takes it without being told');
await goes(approver, '/found');
await press(approver, '开始核对');
await approver.waitForSelector('text=核对完成', { timeout: 120000 });
await goes(approver, `/found/list?rule=${encodeURIComponent('首席技师津贴')}&lane=granted`);
await follow(approver, approver.locator('tbody a'));
const why = await approver.textContent('main');
expect(why.includes('1,500') || why.includes('1500'), 'the entitlement has the new amount');
await see(approver, 'found_changed');

// ---- why this one, why not that one, one fact away
const person = await approver.locator('.head-where a').first().getAttribute('href');
await goes(approver, `${person}/why`);
await see(approver, 'reasons');
await follow(approver, approver.getByRole('link', { name: '首席技师津贴' }));
expect((await approver.textContent('main')).includes('1,500'), 'why, under the policy in force');
await goes(approver, `${person}/why/${encodeURIComponent('技术能手奖励')}`);
expect((await approver.textContent('h1')).includes('不符合'), 'why not');
await see(approver, 'reason');
await goes(maker, `/away?rule=${encodeURIComponent('首席技师津贴')}`);
await press(maker, '按今天数一遍');
await maker.waitForSelector('text=只差这一项', { timeout: 60000 });
await see(maker, 'away');
await follow(maker, maker.locator('tbody a'));
await see(maker, 'away_list');

await browser.close();
finish();
