// SPDX-License-Identifier: ISC
// One person's way by another server: from the sign-in screen to the provider's pages and back to the screen that was asked for; then
// the same under Me; then one who is in no group.  See test_oidc.
import { check, config, found, go, look, open, play } from './stage.mjs';

const problems = [];

function by(page) {
	return page.getByRole('button', { name: 'Sign in with Example Login' });
}

/** The provider's own pages: whoever is named is let in. */
async function throughProvider(page, login) {
	await page.locator('input[name=login]').fill(login);
	await page.locator('input[name=password]').fill('x');
	await page.locator('button[type=submit]').click();
	await page.locator('button[type=submit]', { hasText: /continue/i }).click();
}

async function member() {
	const it = await open(config.base, {}, [config.provider]);
	const { page } = it;
	await page.goto(config.base + 'issues?state=all');
	await by(page).waitFor();
	const order = await page.locator('main button, main input').evaluateAll((all) => all.map((one) => one.name || one.textContent.trim()));
	const first = order.indexOf('Sign in with Example Login');
	check(first >= 0 && first < order.indexOf('password'), 'other servers stand before the password', order);
	problems.push(...(await look(it, 'oidc-sign-in')));
	await by(page).click();
	await throughProvider(page, 'staff-1');
	await page.waitForURL(config.base + 'issues?state=all');
	await page.getByRole('heading', { level: 1 }).waitFor();
	check((await by(page).count()) === 0, 'the browser is back on the screen that was asked for, signed in', [page.url()]);
	await go(it, 'accounts/me');
	const row = page.getByRole('table', { name: 'Other servers that sign you in' }).getByRole('row', { name: /staff-1/ });
	await row.waitFor();
	check((await row.textContent()).includes('Example Login'), 'Me names the server and the name there');
	problems.push(...(await look(it, 'oidc-me')));
	await page.getByRole('button', { name: 'Remove Example Login' }).click();
	await page.getByRole('alert').filter({ hasText: 'only way in' }).waitFor();
	check(true, 'the only way in is not removed, and the screen says so');
	found('the browser complains about nothing', it.notes.complaints);
	found('nothing is asked of a third server', it.notes.foreign);
}

async function stranger() {
	const it = await open(config.base, {}, [config.provider]);
	const { page } = it;
	await page.goto(config.base);
	await by(page).click();
	await throughProvider(page, 'guest-1');
	const said = page.getByRole('alert').filter({ hasText: 'in no group' });
	await said.waitFor();
	check((await said.textContent()).startsWith('You are known, but in no group'), 'who is in no group is told so');
	problems.push(...(await look(it, 'oidc-no-group')));
	await by(page).waitFor();
	found('what is shown on the way can be used by everybody', problems);
	found('the browser complains about nothing to him either', it.notes.complaints);
}

await play({ member, stranger });
