// Cases at the desk: found without anybody applying, decided by keys, taken back, passed in a batch;
// two approvers at once; one missing fact.
//
//   node case.mjs BASE ACCOUNTS [SHOTS]
import { expect, examine, finish, launch, openAs, readAccounts, shoot, signIn } from './browse.mjs';

const [base, accountsPath, shots] = process.argv.slice(2);
const accounts = readAccounts(accountsPath);
const cookies = {};
for (const account of accounts) cookies[account.login] = await signIn(base, account);

const api = async (login, path) => {
  const answer = await fetch(`${base}/api/v1${path}`, { headers: { cookie: cookies[login] } });
  expect(answer.status === 200, `${login} ${path}: ${answer.status}`);
  return answer.json();
};

const browser = await launch();

// The reviewer's list goes by the clock and says how many wait.
async function list(page) {
  await page.goto(`${base}/cases`);
  const title = await page.textContent('h1');
  expect(/等我办的 [\d,]+ 件/.test(title), `the list says how many wait: ${title}`);
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await examine(page, 'cases', width);
    await shoot(page, shots, `cases-${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

// One is passed by keys; the next opens; the step is taken back in time.
async function keys(page) {
  const { cases } = await api('reviewer', '/cases?state=checked&limit=3');
  const id = cases[0].id;
  await page.goto(`${base}/cases/${id}`);
  await examine(page, 'case', 1280);
  await shoot(page, shots, 'case-1280');
  await page.setViewportSize({ width: 360, height: 800 });
  await examine(page, 'case', 360);
  await shoot(page, shots, 'case-360');
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.keyboard.press('1');
  expect(await page.isChecked('#act-pass'), 'the key 1 chooses to pass');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Control+Enter')]);
  expect((await api('reviewer', `/cases/${id}`)).case.state === 'approval', 'it waits for approval');
  expect(page.url().includes(`last=${id}`), 'the next case opens');
  await Promise.all([page.waitForNavigation(),
                     page.click(`form[action="/cases/${id}/back"] button`)]);
  const back = await api('reviewer', `/cases/${id}`);
  expect(back.case.state === 'checked', 'the step is taken back');
  expect(back.steps.map(step => step.act).join(' ').endsWith('pass taken_back'),
         'both stand in its history');
}

// A refusal without words is not taken; what was chosen is kept.
async function words(page) {
  const { cases } = await api('reviewer', '/cases?state=checked&limit=3');
  await page.goto(`${base}/cases/${cases[1].id}`);
  await page.check('#act-refuse');
  await page.fill('#say', ' ');
  await Promise.all([page.waitForNavigation(), page.click('#decide button')]);
  expect(await page.isVisible('#say-error'), 'a refusal asks for words');
  expect(await page.isChecked('#act-refuse'), 'the choice is kept');
  await page.fill('#say', '证书编号查无记录，请持原件到窗口核对');
  await Promise.all([page.waitForNavigation(), page.click('#decide button')]);
  expect((await api('reviewer', `/cases/${cases[1].id}`)).case.state === 'refused',
         'with words it is refused');
}

// All that match, a sample drawn, the others passed.
async function batch(page) {
  await page.goto(`${base}/case-batches/new?state=checked`);
  await examine(page, 'a batch before', 1280);
  await Promise.all([page.waitForNavigation(), page.click('main form button')]);
  await page.waitForSelector('text=成批办理的结果', { timeout: 30000 });
  await examine(page, 'a batch after', 1280);
  const result = await api('reviewer', page.url().match(/\/case-batches\/\d+/)[0]);
  expect(result.moved_count > 0 && result.sample_count > 0, 'some were passed, some drawn');
  expect(result.moved_count + result.sample_count + result.left_count === result.match_count,
         'each that matched is counted once');
  expect((await api('reviewer', '/cases?state=checked')).cases.length === 0, 'none is left behind');
}

// Both open the same case; the one who comes second is told, and nothing of theirs is done.
async function twoApprovers(first, second) {
  const { cases } = await api('approver', '/cases?state=approval&limit=100');
  const title = cases.find(one => one.kind === 'title');
  expect(title, 'a title waits for approval');
  for (const page of [first, second]) {
    await page.goto(`${base}/cases/${title.id}`);
    await page.check('#act-confer');
  }
  await Promise.all([first.waitForNavigation(), first.click('#decide button')]);
  const [answer] = await Promise.all([second.waitForNavigation(),
                                      second.click('#decide button')]);
  expect(answer.status() === 409, `the second is refused: ${answer.status()}`);
  expect((await second.textContent('main')).includes('别人刚办过'), 'and told why');
  const now = await api('approver', `/cases/${title.id}`);
  expect(now.case.state === 'closed', 'the title is conferred');
  expect(now.steps.filter(step => step.act === 'confer').length === 1, 'once');
}

// Where entitled money waits adds up.
async function takeup(page) {
  await page.goto(`${base}/takeup`);
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await examine(page, 'takeup', width);
    await shoot(page, shots, `takeup-${width}`);
  }
  const gap = await api('approver', '/takeup');
  const sum = gap.rules.reduce((total, rule) => total + rule.unpaid, 0);
  expect(sum === gap.unpaid && gap.unpaid > 0, 'the rules add up to the whole');
  expect(gap.found === gap.paid + gap.refused + gap.unpaid, 'found is paid, refused or unpaid');
}

const reviewer = await openAs(browser, base, cookies.reviewer);
await list(reviewer);
await keys(reviewer);
await words(reviewer);
await batch(reviewer);
const approver = await openAs(browser, base, cookies.approver);
const another = await openAs(browser, base, cookies.shenpi);
await twoApprovers(approver, another);
await takeup(approver);
await browser.close();
finish();
