// SPDX-License-Identifier: ISC
// Goes the way in and out of MTA-STS by the keyboard, and reads TLSA records and the timeline; see test_policy.
import { check, config, found, go, look, open, play, press } from './stage.mjs';

const it = await open(config.base);
const { page } = it;
const problems = [];
page.setDefaultTimeout(30_000);

const radio = (name) => page.getByRole('radio', { name, exact: true });
const texts = (selector) => page.locator(selector).allInnerTexts().then((all) => all.map((one) => one.replaceAll(/\s+/g, ' ').trim()));

async function signIn() {
	await page.goto(config.base);
	await page.getByLabel('Name', { exact: true }).fill('anna-admin');
	await page.getByLabel('Password', { exact: true }).fill(config.password);
	await page.keyboard.press('Enter');
	await page.waitForSelector('main .verdict, main .empty, main .facts');
}

async function theWayIn() {
	await go(it, `policies/${config.domain}`);
	await page.waitForSelector('.way:not(.out) [aria-current=step]:has-text("2.")');
	check((await page.locator('.way:not(.out) > li').count()) === 5, 'the way has five steps, and the domain is at the second after two clean weeks');
	problems.push(...(await look(it, 'policy-testing')));
	await press(it, 'button', 'Prepare step 3');
	await page.waitForSelector('ins:has-text("mode: enforce")');
	check((await radio('Enforce').isChecked()) && (await page.locator('main form select').first().inputValue()) === '86400', 'the button fills in the mode and the max_age of the next step');
	check(await page.evaluate(() => document.activeElement?.textContent === 'Policy editor'), 'and leads to the editor, where nothing is published yet');
	await press(it, 'button', 'Publish here');
	await page.waitForSelector('main :text("Served here since")');
	await page.waitForSelector('.reasons li:has-text("The TXT record does not have the id of the policy that is served here")');
	check(true, 'then it is not time for another step: the record has to follow');
	await page.waitForSelector('ins:has-text("mode: enforce")', { state: 'detached' });
	await press(it, 'button', 'Prepare step 3 all the same');
	check(await radio('Enforce').isChecked(), 'and who means it can prepare it all the same');
}

async function theTimeline() {
	const entries = await texts('ol.time > li');
	check(entries.length === 2 && /one\.example/.test(entries[0]) && /our own look/.test(entries[0]) && /two\.example/.test(entries[0]), 'the timeline has each policy once, with all who saw it', entries);
	check(/- max_age: 604800/.test(entries[0]) && /\+ max_age: 86400/.test(entries[0]) && !/- mode/.test(entries[0]), 'and what changed from the one before', entries);
	check((await page.locator('ol.time del').count()) === 1 && (await page.locator('ol.time > li').first().locator('ins').count()) === 1, 'as lines that went and came');
}

async function theWayOut() {
	await press(it, 'button', 'Prepare mode none');
	await page.waitForSelector('ins:has-text("mode: none")');
	check(await radio('None').isChecked(), 'the way out begins with mode none, which is filled in');
	await press(it, 'button', 'Publish here');
	await page.waitForSelector('.way.out [aria-current=step]:has-text("1. Senders may hold an older policy until")');
	const steps = await texts('.way.out > li');
	check(/^now 1\. .* days? left\.$/.test(steps[0]) && /^later 2\./.test(steps[1]) && /^later 3\./.test(steps[2]), 'and says how many days are left before the record may go', steps);
	problems.push(...(await look(it, 'policy-leaving')));
}

async function theKeys() {
	const cells = await texts('table:has(caption:text-is("TLSA records")) tbody tr');
	check(cells.length === 2 && cells.every((one) => /DANE-EE \(3\)/.test(one) && /SPKI \(1\)/.test(one) && /SHA2-256 \(1\)/.test(one) && /signed$/.test(one)), 'each TLSA record stands in its words, and its zone is signed', cells);
	check(cells.some((one) => / matches /.test(one)) && cells.some((one) => /matches nothing now/.test(one)), 'one matches the certificate that is shown, the other one nothing', cells);
	check((await texts('.checks li:has-text("mx.roll.example")')).some((one) => /^prepared/.test(one)), 'so the next key is prepared');
	const copy = page.locator('table .copy').first();
	check(/^[0-9a-f]{12}…$/.test(await copy.locator('code').innerText()), 'the data is shortened');
	await it.context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await copy.getByRole('button').click();
	check(/^3 1 1 [0-9a-f]{64}$/.test(await page.evaluate(() => navigator.clipboard.readText())), 'and copied as a whole');
	await go(it, `policies/${config.keys}`);
	await page.waitForSelector('td:has-text("does not match")');
	const rows = await texts('table:has(caption:text-is("TLSA records")) tbody tr');
	const of = (host) => rows.filter((one) => one.startsWith(`${host}.${config.keys}`)).join(' | ');
	check(/PKIX-EE \(1\).* no .*does not count/.test(of('mx1')) && /does not match/.test(of('mx2')) && /could not check/.test(of('mx3')) && of('mx4') === '',
		'a record that does not count, one that does not match, and one of a server that does not answer are three things', rows);
	const keys = await texts('.checks li:has-text(".dane.example")');
	check(keys.some((one) => /^no TLSA record mx4/.test(one)) && keys.some((one) => /^could not check mx3/.test(one)), 'a server without a record is not one that could not be checked', keys);
	problems.push(...(await look(it, 'policy-keys')));
}

async function inTheDark() {
	await go(it, `policies/${config.dark}`);
	await page.waitForSelector('.sub:has-text("the DNS gave no answer")');
	await page.waitForSelector('.note:has-text("It is not time for step 1 yet")');
	await page.waitForSelector('main :text("The mail servers could not be checked")');
	const said = (await page.textContent('main')).replaceAll(/\s+/g, ' ');
	check(/This could not be told/.test(said) && !/no record|there is none|None Look/i.test(said) && (await page.locator('.verdict .tag').innerText()).trim() === 'could not tell', 'where the DNS gives no answer nothing is said to be missing', [said]);
	problems.push(...(await look(it, 'policy-dark')));
}

/** The file goes although nobody knows whether its record is gone: only for who says that he means it. */
async function takesDownInTheDark() {
	await radio('None').focus();
	await page.keyboard.press('Space');
	await page.waitForSelector('ins:has-text("mode: none")');
	await press(it, 'button', 'Publish here');
	await page.waitForSelector('.way.out > li:has-text("could not check")');
	await page.getByLabel('Take the file down').focus();
	await page.keyboard.press('Space');
	await page.waitForSelector('.reasons li:has-text("Nobody knows whether the TXT record is gone")');
	await page.waitForSelector('del:has-text("mode: none")');
	check((await page.getByRole('button', { name: 'Take down', exact: true }).count()) === 0, 'a file whose record may stand is not taken down: the reason stands in place of the button');
	problems.push(...(await look(it, 'policy-take-down')));
	await press(it, 'button', 'Go anyway…');
	const box = page.getByRole('dialog').getByRole('checkbox');
	await box.focus();
	await page.keyboard.press('Space');
	await page.getByRole('dialog').getByRole('button', { name: 'Publish all the same' }).focus();
	await page.keyboard.press('Enter');
	await page.waitForSelector('td:has-text("--despite-cached")');
	check(await page.locator('main :text("No policy of this domain is served here.")').isVisible(), 'who means it takes it down, and the history says so');
}

async function walk() {
	await signIn();
	await theWayIn();
	await theTimeline();
	await theKeys();
	await go(it, `policies/${config.domain}`);
	await theWayOut();
	await inTheDark();
	await takesDownInTheDark();
	found('the page can be used by everybody, light and dark, also on 320 pixels', problems);
	found('the browser complains about nothing', it.notes.complaints.filter((one) => !/status of 503/.test(one))); // the preview, where the mail servers could not be told
}

await play({ walk });
