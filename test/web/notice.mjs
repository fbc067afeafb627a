// An objection upheld: one officer drafts a notice with personal values in it, another decides each
// and publishes; anyone reads it, objects without an account and follows the answer by a receipt
// code; another than the maker upholds it.
//
//   node notice.mjs BASE ACCOUNTS [SHOTS]
import { expect, examine, finish, launch, openAs, readAccounts, shoot, signIn, widths }
  from './browse.mjs';

const [base, accountsPath, shots] = process.argv.slice(2);
const accounts = Object.fromEntries(readAccounts(accountsPath).map(a => [a.login, a]));

async function see(page, name, only = widths) {
  const before = page.viewportSize();
  for (const width of only) {
    await page.setViewportSize({ width, height: 800 });
    await examine(page, name, width);
    await shoot(page, shots, `${name}-${width}`);
  }
  await page.setViewportSize(before);
}

async function press(page, name) {
  await Promise.all([page.waitForNavigation(),
                     page.getByRole('button', { name, exact: true }).first().click()]);
}

async function goes(page, path, status = 200) {
  const answer = await page.goto(base + path);
  expect(answer.status() === status, `${path}: ${answer.status()}`);
}

const desk = { viewport: { width: 1280, height: 800 } };
const browser = await launch();
const maker = await openAs(browser, base, await signIn(base, accounts.reviewer), desk);
const checker = await openAs(browser, base, await signIn(base, accounts.approver), desk);
const anyone = await (await browser.newContext({ viewport: { width: 360, height: 740 },
                                                locale: 'zh-CN' })).newPage();

// ---- drafted by one
await goes(maker, '/news/notices/new');
await see(maker, 'news_notice_new');
await press(maker, '存为草稿');
expect(await maker.locator('#title-error').isVisible(), 'a notice has a title');
await maker.fill('#title', '关于技能大师工作室认定的公示');
await maker.fill('#body', '根据《实施意见》第十条，拟认定技能大师工作室一个，领衔人身份证号37081119900102123X。\n'
  + '有异议的请拨打0537-2967000。');
await maker.fill('#working_days', '5');
await press(maker, '存为草稿');
const path = new URL(maker.url()).pathname;
await goes(anyone, path.replace('/news', ''), 404);
await press(maker, '送审');
expect(/由另一位核对/.test(await maker.textContent('main')), 'its maker does not check it');
expect(await maker.getByRole('button', { name: '发布', exact: true }).count() === 0, 'nor publish it');

// ---- checked and published by another
await goes(checker, '/news/notices');
await see(checker, 'news_notices');
await goes(checker, path);
await see(checker, 'news_notice');
expect(await checker.getByRole('button', { name: '发布', exact: true }).count() === 0,
       'personal values are decided first');
const form = text => checker.locator('#findings .sheet', { hasText: text });
await Promise.all([checker.waitForNavigation(),
                   form('37081119900102123X').getByRole('button', { name: '遮盖' }).click()]);
expect(!/37081119900102123X/.test(await checker.textContent('main')), 'what is masked is gone');
await form('0537').locator('summary').click();
await form('0537').locator('input[name=reason]').fill('本局公开的电话');
await Promise.all([checker.waitForNavigation(),
                   form('0537').getByRole('button', { name: '保留' }).click()]);
await press(checker, '发布');
expect(/公示中/.test(await checker.textContent('main')), 'it is published');

// ---- read by anyone, objected to, followed
await goes(anyone, '/notices');
await see(anyone, 'notices');
const feed = await anyone.request.get(`${base}/notices/feed`);
expect(/<feed[^>]*xmlns="http:\/\/www.w3.org\/2005\/Atom"/.test(await feed.text()), 'there is a feed');
await goes(anyone, path.replace('/news', ''));
await see(anyone, 'notice');
const text = await anyone.textContent('main');
expect(/3708\*+/.test(text) && !/19900102/.test(text), 'the number is masked');
expect(/索引号/.test(text) && /主动公开/.test(text), 'it bears what open government asks for');
await Promise.all([anyone.waitForNavigation(), anyone.getByRole('link', { name: '提出异议' }).click()]);
await see(anyone, 'objection_new');
await anyone.fill('#text', '不对');
await press(anyone, '提交异议');
expect(await anyone.locator('#text-error').isVisible(), 'an objection says what is wrong');
await anyone.fill('#text', '这个工作室的领衔人去年已经调离本市，社保也停了。');
await anyone.fill('#name', '王五');
await anyone.fill('#contact', '13812345678');
await press(anyone, '提交异议');
const code = await anyone.textContent('#code');
expect(/^[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}$/.test(code), `a receipt code: ${code}`);
await see(anyone, 'objection_taken');
await goes(anyone, '/objections/track');
await anyone.fill('#code', code.toLowerCase().replaceAll('-', ' '));
await press(anyone, '查');
expect(/正在核实/.test(await anyone.textContent('main')), 'the code tells that it is looked into');
expect(!/王五|13812345678/.test(await anyone.textContent('main')), 'what is private is not shown by a code');

// ---- decided by another than the maker
await goes(maker, '/news/objections');
await see(maker, 'objections');
await Promise.all([maker.waitForNavigation(), maker.locator('tbody th a').first().click()]);
const objection = new URL(maker.url()).pathname;
expect(/由另一位处理/.test(await maker.textContent('main')), 'the maker does not decide it');
await goes(checker, objection);
expect(/王五/.test(await checker.textContent('main')), 'the office sees who objects');
await press(checker, '异议成立');
expect(await checker.locator('#answer-error').isVisible(), 'a decision has its reasons');
await checker.fill('#answer', '经查社保和劳动合同，情况属实，不予认定。');
await see(checker, 'objection');
await press(checker, '异议成立');
expect(/异议成立/.test(await checker.textContent('main')), 'it is upheld');
await goes(anyone, '/objections/track');
await anyone.fill('#code', code);
await press(anyone, '查');
expect(/情况属实，不予认定/.test(await anyone.textContent('main')), 'the answer is read with the code');
await see(anyone, 'objection_track');
await anyone.fill('#code', 'AAAA-BBBB-CCCC');
await press(anyone, '查');
expect(await anyone.locator('#code-error').isVisible(), 'a wrong code tells nothing');

// ---- withdrawn with a reason
await goes(checker, path);
await checker.fill('#reason', '领衔人已调离，不再认定');
await press(checker, '撤回公示');
await goes(anyone, path.replace('/news', ''));
expect(/已经撤回：领衔人已调离/.test(await anyone.textContent('main')), 'the reason is public');
await goes(anyone, '/lang?lang=en&next=/notices');
await see(anyone, 'notices_en');
expect(/Public notices/.test(await anyone.textContent('main')), 'the page speaks English');

await browser.close();
finish();
