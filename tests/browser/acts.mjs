// SPDX-License-Identifier: ISC
// What somebody does with several things at once, and what he keeps for later: by the keyboard, in both themes, on a phone.
import { check, config, found, go, look, open, settled } from './stage.mjs';
import { signedIn } from './walk.mjs';

async function manyIssues() {
	const it = await signedIn();
	const { page } = it;
	page.setDefaultTimeout(15_000);
	await go(it, 'issues?state=open%2Cacknowledged'); // somebody may have acknowledged one before
	const rows = await page.locator('main tbody tr').count();
	const ids = await page.locator('main tbody .sub').allTextContents();
	check((await page.locator('.bulk button').count()) === 0, 'nothing is offered while no issue is chosen');
	await page.keyboard.press('j');
	await page.keyboard.press('x');
	await page.keyboard.press('j');
	await page.keyboard.press('x');
	await page.waitForSelector('.bulk :text("2 issues are chosen")');
	check(await page.getByLabel(`Choose ${ids[1]}`).isChecked(), 'x chooses the row that has the focus');
	const href = await page.getByRole('link', { name: 'Export', exact: true }).getAttribute('href');
	const csv = await page.evaluate(async (url) => (await fetch(url)).text(), href);
	check(csv.trim().split('\n').length === 3 && ids.slice(0, 2).every((id) => csv.includes(id)), 'exactly the chosen ones are exported', [href, csv]);
	found('what is done with several issues can be done by everybody', await look(it, 'issues-chosen'));

	await page.getByLabel('Choose all on this page').press('Space');
	await page.waitForSelector(`.bulk :text("${rows} issues are chosen")`);
	await page.getByLabel('Choose all on this page').press('Space');
	await page.waitForSelector('.bulk button', { state: 'detached' });
	check(rows > 2, 'all of a page are chosen at once, and none', [rows]);

	await page.getByLabel(`Choose ${ids[0]}`).press('Space');
	await page.keyboard.press('j'); // from the box of one row to the next
	await page.keyboard.press('x');
	await page.getByRole('button', { name: 'Assign' }).press('Enter');
	await page.locator('dialog[open] input[name=owner]').fill('Cleo');
	await page.locator('dialog[open] button[type=submit]').press('Enter');
	await page.waitForSelector('.bulk button', { state: 'detached' });
	await go(it, 'issues?state=acknowledged');
	const owned = await page.locator('main tbody tr:has-text("Cleo")').allTextContents();
	check(owned.length === 2 && ids.slice(0, 2).every((id) => owned.some((row) => row.includes(id))), 'the chosen ones are assigned, by the keyboard alone', owned);

	// One of two is closed by somebody else meanwhile.
	await page.getByLabel(`Choose ${ids[0]}`).check();
	await page.getByLabel(`Choose ${ids[1]}`).check();
	await page.evaluate(async (id) => {
		const token = (await (await fetch('api/v1/me')).json()).csrf_token;
		await fetch(`api/v1/issues/${id}/close`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': token }, body: '{"as":"fixed"}' });
	}, ids[0]);
	await page.locator('.bulk select').selectOption('7');
	await page.waitForSelector(`main [role=alert]:has-text("1 issue was not changed:"):has-text("${ids[0]}: the issue is closed")`);
	await settled(page);
	check((await page.locator('main tbody tr').filter({ hasText: ids[1] }).count()) === 0, 'what could not be changed is named with its reason, and the rest is done');
	found('a part that could not be done is told to everybody', await look(it, 'issues-left'));
	await it.context.close();
}

async function resend() {
	const it = await signedIn();
	const { page } = it;
	page.setDefaultTimeout(15_000);
	await go(it, 'alerts/channels');
	const form = page.locator('form:has-text("Add a channel")');
	await form.getByLabel('Name', { exact: true }).fill('nowhere');
	await form.getByLabel('Kind').selectOption('ntfy');
	await form.getByLabel('Address').fill('https://127.0.0.1:9/');
	await form.getByLabel('Room, topic or service').fill('tls');
	await form.getByRole('button', { name: 'Add a channel' }).press('Enter');
	await page.getByRole('button', { name: 'Send a test to nowhere' }).press('Enter');
	const deliveries = page.locator('main table').nth(1);
	for (let i = 0; i < 50 && !(await deliveries.locator('tr:has-text("Failed")').count()); i++) await go(it, 'alerts/channels?channel=nowhere');
	await deliveries.getByRole('button', { name: /^Send again: / }).press('Enter');
	await deliveries.locator('tr:has-text("sent again by bea")').waitFor();
	check((await deliveries.locator('tbody tr').count()) === 2, 'a message that failed is sent again by the keyboard, as a row that says by whom');
	for (let i = 0; i < 50 && (await deliveries.getByRole('button').count()) < 2; i++) await go(it, 'alerts/channels?channel=nowhere');
	await deliveries.getByRole('button').first().press('Enter');
	await page.waitForSelector('main [role=alert]:has-text("It was not sent again."):has-text("within the last minute")');
	found('what is sent again can be seen by everybody', await look(it, 'channels-resend'));
	await go(it, 'alerts');
	check((await page.locator('main tr:has-text("nowhere") button:has-text("Send again")').count()) > 0, 'the log offers it too');
	found('also in the log', await look(it, 'alerts-resend'));
	await it.context.close();
}

async function savedSearches() {
	const it = await signedIn();
	const { page } = it;
	page.setDefaultTimeout(15_000);
	await go(it, 'reports');
	check((await page.getByRole('button', { name: 'Save this search' }).count()) === 0, 'there is nothing to save while nothing is looked for');
	await go(it, 'reports?domain=example.com&failing=1');
	const rows = await page.locator('main tbody tr').count();
	await page.getByRole('button', { name: 'Save this search' }).press('Enter');
	await page.locator('dialog[open] input[name=name]').fill('Failures of example.com');
	found('a search is named by everybody', await look(it, 'search-dialog'));
	await page.keyboard.press('Enter');
	await page.waitForSelector('dialog[open]', { state: 'detached' });
	await page.waitForSelector('summary:has-text("1 saved search")');
	await go(it, 'reports');
	await page.locator('summary:has-text("1 saved search")').press('Enter');
	found('saved searches can be used by everybody', await look(it, 'search-list'));
	await page.getByRole('link', { name: 'Failures of example.com' }).press('Enter');
	await page.waitForURL(/reports\?domain=example\.com&failing=1/);
	await settled(page);
	check((await page.locator('main tbody tr').count()) === rows, 'a saved search shows the same again');
	await go(it, 'issues');
	check((await page.locator('summary:has-text("saved search")').count()) === 0, 'on its own screen alone');
	await page.keyboard.press('/');
	await page.keyboard.type('failures of');
	await page.waitForSelector('dialog [role=option]:has-text("Failures of example.com"):has-text("saved search")');
	await page.keyboard.press('Enter');
	await page.waitForURL(/reports\?domain=example\.com/);
	check(true, 'the search that goes anywhere finds it');
	await page.locator('summary:has-text("1 saved search")').press('Enter');
	await page.getByRole('button', { name: 'Remove Failures of example.com' }).press('Enter');
	await page.waitForSelector('summary:has-text("saved search")', { state: 'detached' });
	check(true, 'and it is removed by the keyboard');
	await it.context.close();
	const guest = await open(config.demo);
	await go(guest, 'reports?failing=1');
	check((await guest.page.getByRole('button', { name: 'Save this search' }).count()) === 0, 'who is not signed in is not offered to save');
	await guest.context.close();
}

async function oldReports() {
	const it = await signedIn();
	const { page } = it;
	page.setDefaultTimeout(15_000);
	for (let i = 0; i < 50; i++) {
		await go(it, 'quarantine');
		if (await page.locator('main .panel:has-text("3 old reports can now be read.")').count()) break;
	}
	check((await page.locator('main tr:has-text("It can now be read.")').count()) === 3, 'after an upgrade the quarantine says what can now be read');
	found('it says so to everybody', await look(it, 'quarantine-readable'));
	await page.getByRole('button', { name: 'Take in what can now be read' }).press('Enter');
	await page.waitForSelector('main [role=status]:has-text("3 reports were stored.")');
	await page.waitForSelector('main .panel', { state: 'detached' });
	check((await page.locator('main tr:has-text("It can now be read.")').count()) === 0, 'all of it is taken in by one key');
	found('and what became of it is told to everybody', await look(it, 'quarantine-taken-in'));
	await it.context.close();
}

export const acts = { manyIssues, resend, savedSearches, oldReports };
