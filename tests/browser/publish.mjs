// SPDX-License-Identifier: ISC
// Publishes a policy by the keyboard; see test_publish.
import { check, config, found, go, look, open, play, press } from './stage.mjs';

const it = await open(config.base);
const { page } = it;
const problems = [];
page.setDefaultTimeout(30_000);

async function served() {
	return (await page.evaluate(async (domain) => (await fetch(`api/v1/policies/${domain}/publication`)).json(), config.domain)).served;
}

async function walk() {
	await page.goto(config.base);
	await page.getByLabel('Name', { exact: true }).fill('anna-admin');
	await page.getByLabel('Password', { exact: true }).fill(config.password);
	await page.keyboard.press('Enter');
	await page.waitForSelector('main .verdict, main .empty, main .facts');
	await go(it, `policies/${config.domain}`);
	await page.waitForSelector('ins:has-text("mode: testing")');
	await page.waitForFunction(() => document.querySelector('main textarea')?.value === 'mx1.one.example');
	check(true, 'the page looks at the domain, and the form begins with its mail servers');
	await page.waitForSelector('.copy code:has-text("v=STSv1; id=")');
	problems.push(...(await look(it, 'publish-testing')));
	await press(it, 'button', 'Publish here');
	await page.waitForSelector('main :text("Served here since")');
	const now = await served();
	check(now.mode === 'testing', 'testing is published');
	await page.waitForSelector(`.copy code:has-text("id=${now.id}")`);
	await page.waitForSelector('.checks li:has-text("1 of 1")');
	check(true, 'then its record stands there to be set, and the adviser says what was seen');

	await press(it, 'radio', 'Testing', 'ArrowRight');
	await page.waitForSelector('.reasons li:has-text("mx1.one.example has no valid TLS now")');
	await page.waitForSelector('.reasons li:has-text("would have been refused")');
	check((await page.getByRole('button', { name: 'Publish here' }).count()) === 0, 'enforce too early: the reasons stand in place of the button');
	check((await page.textContent('del')).includes('mode: testing') && (await page.textContent('ins')).includes('mode: enforce'), 'what changes in the file is shown');
	problems.push(...(await look(it, 'publish-too-early')));
	await press(it, 'button', 'Go anyway…');
	const sure = page.getByRole('dialog').getByRole('button', { name: 'Publish all the same' });
	await sure.waitFor();
	check(await sure.isDisabled(), 'who goes on is asked a second time');
	problems.push(...(await look(it, 'publish-second')));
	const boxes = page.getByRole('dialog').getByRole('checkbox');
	await boxes.first().focus();
	await page.keyboard.press('Space');
	check((await boxes.count()) === 2 && (await sure.isDisabled()), 'for each kind of reason');
	await page.keyboard.press('Escape');
	check((await served()).mode === 'testing', 'and who does not is where he was');
	await press(it, 'button', 'Go anyway…');
	for (const box of await boxes.all()) {
		await box.focus();
		await page.keyboard.press('Space');
	}
	await sure.focus();
	await page.keyboard.press('Enter');
	await page.waitForSelector('td:has-text("--despite-servers --despite-refused")');
	check((await served()).mode === 'enforce', 'who means it gets it, and the history says what was overruled');
	problems.push(...(await look(it, 'publish-done')));
	found('the page can be used by everybody, light and dark, also on 320 pixels', problems);
	found('the browser complains about nothing', it.notes.complaints);
}

await play({ walk });
