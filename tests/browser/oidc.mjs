// SPDX-License-Identifier: ISC
// One person's way by another server, in a real browser: from the sign-in screen to the provider's pages and back to the screen that
// was asked for; then the same under Me.  Argument: JSON.  Prints TAP.
import { createRequire } from 'node:module';

const config = JSON.parse(process.argv[2]);
const require = createRequire(config.tools + '/');
const { chromium } = require('playwright-core');
const browser = await chromium.launch({ executablePath: config.chromium, args: ['--no-sandbox'] });
let number = 0;

function check(good, sentence, ...facts) {
	if (!good) for (const fact of facts) console.log('#', String(fact).replaceAll('\n', '\n# '));
	console.log(`${good ? 'ok' : 'not ok'} ${++number} - ${sentence}`);
}

async function shot(page, name, size, scheme) {
	if (!config.shots) return;
	await page.setViewportSize(size);
	await page.emulateMedia({ colorScheme: scheme });
	await page.screenshot({ path: `${config.shots}/${name}.png`, fullPage: true });
}

/** The provider's own pages: whoever is named is let in. */
async function throughProvider(page, login) {
	await page.locator('input[name=login]').fill(login);
	await page.locator('input[name=password]').fill('x');
	await page.locator('button[type=submit]').click();
	await page.locator('button[type=submit]', { hasText: /continue/i }).click();
}

const context = await browser.newContext({ locale: 'en-GB' });
const page = await context.newPage();
const faults = [];
page.on('pageerror', (error) => faults.push(error));
page.on('console', (message) => message.type() === 'error' && message.text().includes('Content Security') && faults.push(message.text()));
await page.goto(config.home + 'issues?state=all');
const button = page.getByRole('button', { name: 'Sign in with Example Login' });
await button.waitFor();
const order = await page.locator('main button, main input').evaluateAll((all) => all.map((one) => one.name || one.textContent.trim()));
check(order.indexOf('Sign in with Example Login') < order.indexOf('password') && order.indexOf('Sign in with Example Login') >= 0,
	'other servers stand before the password', order);
await shot(page, 'sign-in', { width: 1280, height: 800 }, 'light');
await shot(page, 'sign-in-320-dark', { width: 320, height: 640 }, 'dark');
await button.click();
await throughProvider(page, 'staff-1');
await page.waitForURL(config.home + 'issues?state=all');
await page.getByRole('heading', { level: 1 }).waitFor();
check(await page.getByRole('button', { name: 'Sign in with Example Login' }).count() === 0, 'the browser is back on the screen that was asked for, signed in', page.url());
await page.goto(config.home + 'accounts/me');
const row = page.getByRole('table', { name: 'Other servers that sign you in' }).getByRole('row', { name: /staff-1/ });
await row.waitFor();
check((await row.textContent()).includes('Example Login'), 'Me names the server and the name there');
await shot(page, 'me', { width: 1280, height: 900 }, 'light');
await shot(page, 'me-320-dark', { width: 320, height: 900 }, 'dark');
await page.getByRole('button', { name: 'Remove Example Login' }).click();
const only = page.getByRole('alert').filter({ hasText: 'only way in' });
await only.waitFor();
check(await only.count() === 1, 'the only way in is not removed, and the screen says so');
const other = await browser.newContext({ locale: 'en-GB' });
const stranger = await other.newPage();
await stranger.goto(config.home);
await stranger.getByRole('button', { name: 'Sign in with Example Login' }).click();
await throughProvider(stranger, 'guest-1');
const said = stranger.getByRole('alert').filter({ hasText: 'in no group' });
await said.waitFor();
check((await said.textContent()).startsWith('You are known, but in no group'), 'who is in no group is told so');
await shot(stranger, 'no-group', { width: 1280, height: 800 }, 'dark');
await stranger.getByRole('button', { name: 'Sign in with Example Login' }).waitFor();
check(faults.length === 0, 'and no script broke a rule', ...faults);
await browser.close();
