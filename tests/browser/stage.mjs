// SPDX-License-Identifier: ISC
// What the walks through the web application share: a browser, TAP, and where each screen stands.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';

export const config = JSON.parse(process.argv[2]);
export const require = createRequire(path.join(config.tools, 'package.json'));
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let count = 0;
export function check(good, sentence, facts = []) {
	count++;
	if (!good) for (const fact of facts) console.log(`# ${String(fact).replaceAll('\n', '\n# ')}`);
	console.log(`${good ? 'ok' : 'not ok'} ${count} - ${sentence}`);
}

export function skip(sentence, why) {
	count++;
	console.log(`ok ${count} - ${sentence} # SKIP ${why}`);
}

/** A problem is collected, so that one look at a screen can have several. */
export function found(sentence, problems) {
	check(problems.length === 0, sentence, problems.slice(0, 20));
}

fs.mkdirSync(config.out, { recursive: true });

export const browser = await chromium.launch({
	executablePath: config.chromium,
	args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
		'--disable-dev-shm-usage', '--font-render-hinting=none', '--force-color-profile=srgb', '--hide-scrollbars'],
});

/** A page that notes what it asks of whom, and what it complains about.  others: the other origins that it may go to. */
export async function open(base, options = {}, others = []) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC', locale: 'en-GB', reducedMotion: 'reduce', ...options });
	const page = await context.newPage();
	const notes = { foreign: [], complaints: [], requests: [] };
	const known = [new URL(base).origin, ...others];
	await context.route(/.*/, (route) => {
		const url = new URL(route.request().url());
		if (url.protocol !== 'data:' && !known.includes(url.origin)) {
			// what pages of others ask for is their affair; they do not get it
			if (page.url().startsWith(base) || page.url() === 'about:blank') notes.foreign.push(url.href);
			return route.abort();
		}
		notes.requests.push(url.pathname + url.search);
		return route.fallback();
	});
	page.on('console', (m) => {
		// what a test asks for on purpose and is not there, or refused
		if (['error', 'warning'].includes(m.type()) && page.url().startsWith(base) && !/status of 40[01349]/.test(m.text())) notes.complaints.push(`${page.url()}: ${m.text()}`);
	});
	page.on('pageerror', (e) => notes.complaints.push(`${page.url()}: ${e.message}`));
	page.on('dialog', (dialog) => {
		notes.complaints.push(`${page.url()}: a dialog: ${dialog.message()}`);
		void dialog.dismiss();
	});
	const cdp = await context.newCDPSession(page);
	return { base, context, page, cdp, notes };
}

/** Everything that was asked for is there, and nothing is drawn dimmed any more. */
export async function settled(page) {
	await page.waitForSelector('main h1', { timeout: 15_000 });
	await page.waitForFunction(() => !document.querySelector('main [aria-busy=true], main .bone'), null, { timeout: 15_000 });
	await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

export async function go(it, where) {
	await it.page.goto(it.base + where);
	await settled(it.page);
}

export async function axeFinds(it, name) {
	const run = `axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})
		.then((r) => r.violations.map((v) => v.id + ' x' + v.nodes.length + ': ' + v.nodes[0].html.slice(0, 160) + ' ' + v.nodes[0].failureSummary.slice(0, 300)))`;
	const { result, exceptionDetails } = await it.cdp.send('Runtime.evaluate', { expression: `${axe};${run}`, awaitPromise: true, returnByValue: true });
	if (exceptionDetails) return [`${name}: axe: ${exceptionDetails.text}`];
	return result.value.map((v) => `${name}: ${v}`);
}

export async function overflow(it, name) {
	const wide = await it.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
	return wide > 0 ? [`${name}: ${wide} px wider than the window`] : [];
}

/** Texts of controls, badges and headings that do not fit where they stand. */
export function cutTexts(page) {
	return page.evaluate(() => [...document.querySelectorAll('#app button, #app .tag, #app .chip, #app th, #app dt, #app legend, #app label > span')]
		.filter((e) => e.offsetParent !== null && !e.closest('.visually-hidden') && getComputedStyle(e).overflow !== 'visible' && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
		.map((e) => e.textContent.trim().slice(0, 60)));
}

/** What stands on the page is looked at light and dark, wide and narrow, and its pictures are put into config.out. */
export async function look(it, name) {
	const { page } = it;
	const problems = [];
	await page.waitForFunction(() => !document.querySelector('main [aria-busy=true], main .bone'));
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 900 });
		for (const theme of ['dark', 'light']) {
			await page.emulateMedia({ colorScheme: theme });
			problems.push(...(await axeFinds(it, `${name} (${theme}, ${width})`)));
			await page.screenshot({ path: path.join(config.out, `${name}-${theme}-${width}.png`), fullPage: true });
		}
		problems.push(...(await overflow(it, `${name} (${width})`)));
	}
	return problems;
}

/** By the keyboard, when it can be used. */
export async function press(it, role, name, key = 'Enter') {
	const one = it.page.getByRole(role, { name, exact: true }).first();
	await one.and(it.page.locator(':not([aria-disabled=true])')).waitFor();
	await one.focus();
	await it.page.keyboard.press(key);
}

export async function api(base, what) {
	return (await fetch(`${base}api/v1/${what}`)).json();
}

export async function idsOf(base) {
	const failing = await api(base, 'reports?failing=1&limit=1');
	return {
		issue: (await api(base, 'issues?limit=1')).issues[0]?.id, reporter: (await api(base, 'sources?limit=1')).sources[0]?.reporter,
		report: failing.reports[0]?.id, domain: (await api(base, 'domains?limit=1')).domains[0]?.domain, arrival: (await api(base, 'quarantine?limit=1')).quarantined[0]?.id,
	};
}

/** Where each screen of ui/src/lib/screens.ts is looked at: its usual address first.  ids: what the store holds, see idsOf. */
const PLACES = {
	overview: () => [''],
	issues: () => ['issues', 'issues?state=closed'],
	issue: (ids) => [...(ids.issue ? [`issues/${ids.issue}`] : []), 'issues/TI-9999'],
	domains: () => ['domains'],
	domain: (ids) => [...(ids.domain ? ['', '/results', '/senders', '/reports', '/policy', '/history', '/settings'].map((tab) => `domains/${ids.domain}${tab}`) : []), 'domains/nothing.example'],
	results: () => ['results', 'results?failing=1&policy=sts'],
	senders: () => ['senders', 'senders?by=address'],
	sender: (ids) => (ids.reporter ? [`senders/${ids.reporter}`] : []),
	reports: () => ['reports', 'reports?q=failed:%3E10', 'reports?q=nonsense:1', 'reports?domain=nothing.example'],
	report: (ids) => [...(ids.report ? [`reports/${ids.report}`] : []), 'reports/999999'],
	policies: () => ['policies'],
	policy: (ids) => (ids.domain ? [`policies/${ids.domain}`] : []),
	record: () => ['tools/record', 'tools/record?domain=example.com&rua=mailto:reports@example.com', 'tools/record?record=v%3DTLSRPTv1%3B%20rua%3Dmailto%3Aa%40b.example'],
	check: () => ['tools/check', 'tools/check?domain=example.com'],
	explain: () => ['tools/explain?result_type=certificate-expired', 'tools/explain'],
	alerts: () => ['alerts'],
	quarantine: () => ['quarantine'],
	arrival: (ids) => (ids.arrival ? [`quarantine/${ids.arrival}`] : []),
	help: () => ['help'],
	cause: () => ['help/causes/cert-expired'],
	missing: () => ['nowhere'],
};

/** Those that only a person who is signed in sees. */
const SIGNED_IN = {
	channels: () => ['alerts/channels'],
	rules: () => ['alerts/rules', 'alerts/rules?new=1', 'alerts/rules?rule=mail-refused'],
	setup: () => ['tools/setup'],
	settings: () => ['settings'],
	me: () => ['accounts/me'],
	users: () => ['accounts/users'],
	tokens: () => ['accounts/tokens'],
	tenants: () => ['accounts/tenants'],
	audit: () => ['accounts/audit'],
};

/** Those that are looked at in the stories of accounts. */
const ELSEWHERE = ['welcome', 'sign-in'];

const offers = new Set(Object.keys((await (await fetch(`${config.demo ?? config.base}api/v1/openapi.json`)).json()).paths));
const NEEDS = { check: '/checks/{domain}', explain: '/explain', settings: '/settings', channels: '/alerts/channels', rules: '/alerts/rules', setup: '/domains/{domain}/setup' };

function addresses(table, ids) {
	return Object.entries(table).flatMap(([name, make]) => (NEEDS[name] && !offers.has(NEEDS[name]) ? [] : make(ids).map((where) => ({ name, where }))));
}

/** Every screen that needs nobody signed in, in each of its usual forms. */
export function screens(ids) {
	return addresses(PLACES, ids).map((one) => one.where);
}

/** All screens, as [{name, where}], or those that WALK names. */
export function allScreens(ids) {
	return [...addresses(PLACES, ids), ...addresses(SIGNED_IN, ids)].filter((one) => !process.env.WALK || process.env.WALK.split(',').includes(one.name));
}

/** The screens of the application that no walk comes to. */
export function unvisited() {
	const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
	const source = fs.readFileSync(path.join(top, 'ui/src/lib/screens.ts'), 'utf8');
	const names = [...source.matchAll(/\broute\('([\w-]+)'|name: '([\w-]+)'/g)].map((m) => m[1] ?? m[2]);
	return [...new Set(names)].filter((name) => !(name in PLACES) && !(name in SIGNED_IN) && !ELSEWHERE.includes(name));
}

export function signedInScreens() {
	return addresses(SIGNED_IN, {}).map((one) => one.where);
}

/** Runs the parts one after the other, or those that ONLY names, and ends the browser. */
export async function play(parts) {
	for (const [name, part] of Object.entries(parts)) {
		if (process.env.ONLY && !process.env.ONLY.split(',').includes(name)) continue;
		const started = Date.now();
		try {
			await part();
		} catch (error) {
			check(false, `${name} comes to its end`, [error.stack ?? error]);
		}
		console.log(`# ${name} took ${Date.now() - started} ms`);
	}
	await browser.close();
	console.log(`1..${count}`);
}
