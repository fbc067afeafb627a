// The registry's day: a worker on a phone gives the one fact that is missing and an officer confirms
// it while the front page counts live; two editors at once; a file imported; an earlier version
// written again; an employer's list as a file.
//
//   node record.mjs BASE ACCOUNTS [SHOTS]
import { readFileSync } from 'node:fs';
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
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name }).first().click()]);
}

async function goes(page, path, status = 200) {
  const answer = await page.goto(base + path);
  expect(answer.status() === status, `${path}: ${answer.status()}`);
}

const desk = { viewport: { width: 1280, height: 800 } };
const browser = await launch();
const worker = await openAs(browser, base, await signIn(base, accounts.worker),
                            { viewport: { width: 360, height: 740 } });
const officer = await openAs(browser, base, await signIn(base, accounts.approver), desk);
const another = await openAs(browser, base, await signIn(base, accounts.approver), desk);
const employer = await openAs(browser, base, await signIn(base, accounts.employer), desk);

// ---- a worker on a phone gives a fact; the officer's open page counts it
const waits = page => page.locator('#tasks').textContent()
  .then(text => Number(/补报的事实\s*(\d+)\s*件/.exec(text)?.[1] ?? 0));
await goes(officer, '/');
const before = await waits(officer);
await goes(worker, '/my');
await see(worker, 'my', [360]);
await goes(worker, '/my/give/person?field=education');
await see(worker, 'my_give', [360]);
await worker.locator('#education').evaluate(select => select.removeAttribute('required'));
await press(worker, '交给工作人员核实');
expect(await worker.locator('#education-error').isVisible(), 'an empty answer is told at the field');
await worker.selectOption('#education', '博士');
await worker.fill('#note', '学信网可以查到');
await press(worker, '交给工作人员核实');
expect(/等核实/.test(await worker.textContent('main')), 'what was given waits');
await see(worker, 'my_given', [360]);
await officer.waitForFunction(
  count => Number(/补报的事实\s*(\d+)\s*件/.exec(document.querySelector('#tasks').textContent)?.[1] ?? 0) > count,
  before, { timeout: 10000 }).then(() => expect(true, ''), () => expect(false, 'the open front page counts live'));
await see(officer, 'home');

await goes(officer, '/submissions');
await see(officer, 'submissions');
await Promise.all([officer.waitForNavigation(), officer.locator('tbody th a').last().click()]);
await see(officer, 'submission');
const submission = new URL(officer.url()).pathname;
await press(officer, '核实无误，登记');
expect(await officer.locator('#reason-error').isVisible(), 'a confirmation says how it was checked');
await officer.fill('#reason', '学信网查过，属实');
await press(officer, '核实无误，登记');
await goes(worker, '/my/given');
expect(/已登记/.test(await worker.textContent('main')), 'the worker sees that it stands');
await goes(worker, '/my/record');
expect(/博士/.test(await worker.textContent('main')), 'the record has it');
await goes(another, submission);
expect(await another.locator('button:has-text("核实无误")').count() === 0, 'it is decided once');

// ---- two editors at once
await goes(officer, '/persons');
const person = new URL(await officer.locator('tbody th a').first().getAttribute('href'), base).pathname;
await goes(officer, `${person}/edit`);
await goes(another, `${person}/edit`);
await see(officer, 'edit');
const was = await officer.inputValue('#education');
const [mine, theirs] = ['硕士', '大专'];
await another.selectOption('#education', theirs);
await another.selectOption('#household', '城镇户籍');
await another.fill('#reason', '毕业证书核对');
await press(another, '保存更正');
await officer.selectOption('#education', mine);
await officer.fill('#reason', '学信网核对');
await press(officer, '保存更正');
expect(await officer.locator('#stale').isVisible(), 'who saves second is told of the first');
expect((await officer.textContent('#record')).includes(`对方改成`), 'both values are shown');
expect(await officer.inputValue('#education') === mine, 'what was typed is kept');
expect(await officer.inputValue('#household') === '城镇户籍', 'what only they changed is taken over');
await see(officer, 'edit_stale');
await press(officer, '保存更正');
expect(new URL(officer.url()).pathname === person, 'the merged form is saved');

// ---- history and undo
await goes(officer, `${person}/history`);
const history = await officer.textContent('main');
expect(history.includes(accounts.approver.login) || history.includes('演示审批'), 'history names who');
expect(history.includes('学信网核对') && history.includes('127.0.0.1'), 'history names why and where');
await see(officer, 'history');
const revert = officer.locator('details', { hasText: '改回这一版' }).first();
await revert.locator('summary').click();
await revert.locator('input[name=reason]').fill('第一次的是对的');
await Promise.all([officer.waitForNavigation(), revert.locator('button').click()]);
await goes(officer, `${person}/edit`);
expect(await officer.inputValue('#education') === theirs, `an earlier version stands again (${was})`);

// ---- validation at the field
await officer.fill('#identity', '370811199001010000');
await officer.fill('#reason', '核对身份证件');
await press(officer, '保存更正');
expect(/校验位/.test(await officer.textContent('#identity-error')), 'check digits are told at the field');
await goes(officer, `${person}/add/employment`);
await officer.locator('form.sheet').evaluate(form => form.noValidate = true);
await officer.fill('#employer', '91370811MA00000000');
await press(officer, '登记');
expect(/信用代码/.test(await officer.textContent('#employer-error')), 'a wrong credit code is told');
await see(officer, 'record_new');

// ---- a file: looked at first, its bad rows told, the good ones imported
const digit = text => '10X98765432'[[...text].reduce((sum, c, i) =>
  sum + Number(c) * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i], 0) % 11];
const identity = number => { const head = `37081119910${203 + 0}${String(number).padStart(3, '0')}`.slice(0, 17);
                             return head + digit(head); };
const rows = ['姓名,证件号码,居住地区划,学历'];
for (let i = 1; i <= 40; i++) rows.push(`欧阳示${i % 2 ? '甲' : '乙'},${identity(i)},370811,大专`);
rows.push('欧阳错,370811199001010000,370811,大专', `欧阳火,${identity(99)},370811,火星`);
const file = { name: '新来的人.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) };
await goes(officer, '/imports');
await see(officer, 'imports');
await officer.selectOption('#kind', 'certificate');
await officer.setInputFiles('#file', file);
await press(officer, '上传并核对');
expect(/人员/.test(await officer.textContent('#file-error')), 'a wrong kind is told, with the right one');
await officer.selectOption('#kind', 'person');
await officer.setInputFiles('#file', file);
await press(officer, '上传并核对');
await officer.waitForSelector('text=40 行可以导入，2 行要改', { timeout: 20000 });
await see(officer, 'import');
const refused = await officer.request.get(base + await officer.locator('a:has-text("下载不合格")')
  .getAttribute('href'));
expect(/火星/.test(await refused.text()), 'the refused rows are a file with their reasons');
await press(officer, '只导入合格的 40 行');
await officer.waitForSelector('h1:has-text("已导入：新增 40")', { timeout: 20000 });
await goes(officer, `/search?q=${encodeURIComponent('欧阳示')}`);
expect(await officer.locator('tbody tr').count() > 0, 'who was imported is found');

// ---- an employer's people, and what it owes
await goes(employer, '/our');
await see(employer, 'our');
const names = await employer.locator('tbody th').allTextContents();
expect(names.length > 0 && names.every(name => /\*/.test(name)), 'staff stand with masked names');
await employer.locator('details summary').last().click();
const sheet = await employer.request.get(base + '/our' +
  await employer.locator('a:has-text("导出 CSV")').getAttribute('href'));
expect(sheet.status() === 200 && (await sheet.text()).split('\n').length > names.length,
       'the staff are a file');
await goes(employer, '/our/duties');
await see(employer, 'our_duties');
await goes(employer, '/our/give/organisation?field=above_scale');
await employer.selectOption('#above_scale', '是');
await press(employer, '交给工作人员核实');
expect(/等核实/.test(await employer.textContent('main')), 'an employer gives its own facts');

// ---- lists
await goes(officer, '/persons?sort=name&cols=sex');
expect(await officer.locator('thead th').count() === 2, 'columns are chosen');
await see(officer, 'persons');

await browser.close();
finish();
