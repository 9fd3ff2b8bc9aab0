// SPDX-License-Identifier: ISC
// Leads a newcomer through the guide by the keyboard; see test_setup.
import readline from 'node:readline';
import { check, config, found, look, open, play, press } from './stage.mjs';

const it = await open(config.base);
const { page } = it;
const problems = [];
page.setDefaultTimeout(30_000);

/** The record comes to stand in the DNS. */
async function publish(name, value) {
	const lines = readline.createInterface({ input: process.stdin });
	console.log(`publish ${name} ${value}`);
	await new Promise((done) => lines.once('line', done));
	lines.close();
}

async function walk() {
	let looking = 0; // what we look at is not the newcomer's time
	const pause = async (name) => {
		const began = Date.now();
		problems.push(...(await look(it, `setup-${name}`)));
		looking += Date.now() - began;
	};
	const began = Date.now();
	await page.goto(config.base + config.link);
	await page.getByLabel('Name to sign in with').fill('ada');
	await page.getByLabel('New password').fill('correct horse battery');
	await page.keyboard.press('Enter');
	await page.waitForSelector('main .empty');
	await press(it, 'link', 'Add a domain');
	await page.waitForSelector('h2:has-text("Which domain?")');
	await pause('domain');
	await page.getByLabel('Domain', { exact: true }).focus();
	await page.keyboard.type('New.Example');
	await page.keyboard.press('Enter');
	await page.waitForSelector('main li:has-text("mailto:ops@new.example")');
	check(true, 'the guide shows what is published now');
	await pause('found');
	await press(it, 'link', 'Go on');
	await page.waitForSelector('legend:has-text("Who else gets them?")');
	await pause('where');
	await press(it, 'link', 'Go on');
	await page.waitForSelector('main .copy code');
	const value = (await page.textContent('main .copy code')) ?? '';
	check(/^v=TLSRPTv1; rua=mailto:tls-[a-z0-9]+@reports\.example,mailto:ops@new\.example$/.test(value), 'the record has our address first, and keeps the old one', [value]);
	await pause('publish');
	await page.getByLabel('Form').selectOption('nsupdate');
	await page.waitForSelector('main .copy code:has-text("update add")');
	check(true, 'and is there in the form of each DNS');
	await page.reload();
	await page.waitForSelector('main .copy code:has-text("update add")');
	check(true, 'the guide stands where it was after the page is loaded again');
	await press(it, 'link', 'It is published');
	await page.waitForSelector('main li:has-text("still sees the old record")');
	await pause('check-old');
	check((await page.textContent('main')).includes('not proven'), 'while the old record is seen nothing is proven');
	await publish(`_smtp._tls.${config.domain}`, value);
	await press(it, 'button', 'Look again');
	await page.waitForFunction(() => document.querySelectorAll('main .checks li').length >= 3 && !document.querySelector('main').textContent.includes('still sees'));
	await page.waitForSelector('main li:has-text("The domain is proven to be yours.")');
	check(true, 'each resolver sees the new one, and it proves the domain');
	await press(it, 'button', 'Send a test report');
	await page.waitForSelector('main li:has-text("came in")');
	check(true, 'a test report comes in the way of a real one');
	await pause('check');
	const secs = (Date.now() - began - looking) / 1000;
	console.log(`# from an empty server to a verified domain: ${secs.toFixed(1)} s`);
	await press(it, 'link', 'Go on');
	await page.waitForSelector('h2:has-text("What comes next")');
	await pause('next');
	await page.goto(`${config.base}tools/setup/${config.domain}`);
	await page.waitForSelector('main li:has-text("mailto:ops@new.example. They can stay.")');
	check(true, 'what is done is seen when the guide begins again');
	found('each page of the guide can be used by everybody, light and dark, also on 320 pixels', problems);
	found('the browser complains about nothing', it.notes.complaints);
	found('nothing is asked of another server', it.notes.foreign);
}

await play({ walk });
