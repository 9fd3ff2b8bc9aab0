// SPDX-License-Identifier: ISC
// Publishes a policy by the keyboard; see test_publish.
import fs from 'node:fs';
import path from 'node:path';
import { axeFinds, check, config, found, go, open, overflow, play } from './stage.mjs';

const it = await open(config.base);
const { page } = it;
const problems = [];
page.setDefaultTimeout(30_000);
fs.mkdirSync(config.out, { recursive: true });

/** What stands on the page is looked at wide and narrow, light and dark. */
async function look(name) {
	for (const theme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme: theme });
		problems.push(...(await axeFinds(it, `${name} (${theme})`)));
		await page.screenshot({ path: path.join(config.out, `publish-${name}-${theme}.png`), fullPage: true });
	}
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize({ width: 320, height: 700 });
	problems.push(...(await overflow(it, name)));
	await page.screenshot({ path: path.join(config.out, `publish-${name}-320.png`), fullPage: true });
	await page.setViewportSize({ width: 1280, height: 900 });
}

async function press(role, name, key = 'Enter') {
	const one = page.getByRole(role, { name, exact: true }).first();
	await one.waitFor();
	await one.focus();
	await page.keyboard.press(key);
}

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
	await look('testing');
	await press('button', 'Publish here');
	await page.waitForSelector('main :text("Served here since")');
	const now = await served();
	check(now.mode === 'testing', 'testing is published');
	await page.waitForSelector(`.copy code:has-text("id=${now.id}")`);
	await page.waitForSelector('.checks li:has-text("1 of 1")');
	check(true, 'then its record stands there to be set, and the adviser says what was seen');

	await press('radio', 'Testing', 'ArrowRight');
	await page.waitForSelector('.reasons li:has-text("mx1.one.example has no valid TLS now")');
	await page.waitForSelector('.reasons li:has-text("would have been refused")');
	check((await page.getByRole('button', { name: 'Publish here' }).count()) === 0, 'enforce too early: the reasons stand in place of the button');
	check((await page.textContent('del')).includes('mode: testing') && (await page.textContent('ins')).includes('mode: enforce'), 'what changes in the file is shown');
	await look('too-early');
	await press('button', 'Go anyway…');
	const sure = page.getByRole('dialog').getByRole('button', { name: 'Publish all the same' });
	await sure.waitFor();
	check(await sure.isDisabled(), 'who goes on is asked a second time');
	await look('second');
	const boxes = page.getByRole('dialog').getByRole('checkbox');
	await boxes.first().focus();
	await page.keyboard.press('Space');
	check((await boxes.count()) === 2 && (await sure.isDisabled()), 'for each kind of reason');
	await page.keyboard.press('Escape');
	check((await served()).mode === 'testing', 'and who does not is where he was');
	await press('button', 'Go anyway…');
	for (const box of await boxes.all()) {
		await box.focus();
		await page.keyboard.press('Space');
	}
	await sure.focus();
	await page.keyboard.press('Enter');
	await page.waitForSelector('td:has-text("--despite-servers --despite-refused")');
	check((await served()).mode === 'enforce', 'who means it gets it, and the history says what was overruled');
	await look('done');
	found('the page can be used by everybody, light and dark, also on 320 pixels', problems);
	found('the browser complains about nothing', it.notes.complaints);
}

await play({ walk });
