// SPDX-License-Identifier: ISC
// Leads a newcomer through the guide by the keyboard; see test_setup.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { createRequire } from 'node:module';

const config = JSON.parse(process.argv[2]);
const require = createRequire(path.join(config.tools, 'package.json'));
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
let count = 0;
let failed = false;

function check(good, sentence, facts = []) {
	count++;
	failed ||= !good;
	if (!good) for (const fact of facts) console.log('# ' + String(fact).replaceAll('\n', '\n# '));
	console.log(`${good ? 'ok' : 'not ok'} ${count} - ${sentence}`);
}

/** The record comes to stand in the DNS. */
async function publish(name, value) {
	console.log(`publish ${name} ${value}`);
	await lines.next();
}

const browser = await chromium.launch({ executablePath: config.chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars'] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' });
const page = await context.newPage();
page.setDefaultTimeout(30_000);
const complaints = [];
const violations = [];
page.on('pageerror', (e) => complaints.push(`${page.url()}: ${e.message}`));
page.on('console', (m) => ['error', 'warning'].includes(m.type()) && !/status of 40[0134]/.test(m.text()) && complaints.push(`${page.url()}: ${m.text()}`));
const cdp = await context.newCDPSession(page);
fs.mkdirSync(config.out, { recursive: true });

/** What stands on the page is looked at wide and narrow, by axe and by us. */
async function look(name) {
	await page.waitForFunction(() => !document.querySelector('main [aria-busy=true], main .bone'));
	const expression = `${axe};axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})
		.then((r) => r.violations.map((v) => v.id + ': ' + v.nodes[0].html.slice(0, 200)))`;
	const { result } = await cdp.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
	violations.push(...result.value.map((v) => `${name}: ${v}`));
	await page.screenshot({ path: path.join(config.out, `setup-${name}-1280.png`), fullPage: true });
	await page.setViewportSize({ width: 320, height: 700 });
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
	if (wide > 0) violations.push(`${name}: ${wide} px wider than 320`);
	await page.screenshot({ path: path.join(config.out, `setup-${name}-320.png`), fullPage: true });
	await page.setViewportSize({ width: 1280, height: 900 });
}

async function press(role, name) {
	const it = page.getByRole(role, { name, exact: true }).first();
	await it.and(page.locator(':not([aria-disabled=true])')).waitFor();
	await it.focus();
	await page.keyboard.press('Enter');
}

async function walk() {
	let looking = 0; // what we look at is not the newcomer's time
	const pause = async (name) => {
		const began = Date.now();
		await look(name);
		looking += Date.now() - began;
	};
	const began = Date.now();
	await page.goto(config.base + config.link);
	await page.getByLabel('Name to sign in with').fill('ada');
	await page.getByLabel('New password').fill('correct horse battery');
	await page.keyboard.press('Enter');
	await page.waitForSelector('main .empty');
	await press('link', 'Add a domain');
	await page.waitForSelector('h2:has-text("Which domain?")');
	await pause('domain');
	await page.getByLabel('Domain', { exact: true }).focus();
	await page.keyboard.type('New.Example');
	await page.keyboard.press('Enter');
	await page.waitForSelector('main li:has-text("mailto:ops@new.example")');
	check(true, 'the guide shows what is published now');
	await pause('found');
	await press('link', 'Go on');
	await page.waitForSelector('legend:has-text("Who else gets them?")');
	await pause('where');
	await press('link', 'Go on');
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
	await press('link', 'It is published');
	await page.waitForSelector('main li:has-text("still sees the old record")');
	await pause('check-old');
	check((await page.textContent('main')).includes('not proven'), 'while the old record is seen nothing is proven');
	await publish(`_smtp._tls.${config.domain}`, value);
	await press('button', 'Look again');
	await page.waitForFunction(() => document.querySelectorAll('main .checks li').length >= 3 && !document.querySelector('main').textContent.includes('still sees'));
	await page.waitForSelector('main li:has-text("The domain is proven to be yours.")');
	check(true, 'each resolver sees the new one, and it proves the domain');
	await press('button', 'Send a test report');
	await page.waitForSelector('main li:has-text("came in")');
	check(true, 'a test report comes in the way of a real one');
	await pause('check');
	const secs = (Date.now() - began - looking) / 1000;
	console.log(`# from an empty server to a verified domain: ${secs.toFixed(1)} s`);
	await press('link', 'Go on');
	await page.waitForSelector('h2:has-text("What comes next")');
	await pause('next');
	await page.goto(`${config.base}tools/setup/${config.domain}`);
	await page.waitForSelector('main li:has-text("mailto:ops@new.example. They can stay.")');
	check(true, 'what is done is seen when the guide begins again');
	check(violations.length === 0, 'each page of the guide can be used by everybody, also on 320 pixels', violations);
	check(complaints.length === 0, 'the browser complains about nothing', complaints);
}

try {
	await walk();
} catch (error) {
	await page.screenshot({ path: path.join(config.out, 'setup-broken.png'), fullPage: true }).catch(() => undefined);
	check(false, 'the guide comes to its end', [error.stack ?? error, ((await page.textContent('main').catch(() => '')) ?? '').slice(0, 1500)]);
}
await browser.close();
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
