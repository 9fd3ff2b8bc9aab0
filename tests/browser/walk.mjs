// SPDX-License-Identifier: ISC
// Walks all screens of ui/src/lib/screens.ts, signed in as one who may do everything, through each of their states.
import { allScreens, axeFinds, config, cutTexts, found, check, go, idsOf, open, overflow, settled, unvisited } from './stage.mjs';

const API = /\/api\/v1\/(?!me$|me\?|meta|openapi)/;
const PASSWORD = 'correct horse battery';
let session;
let twin;

/** A page of somebody who is signed in; who he is stays the same. */
export async function signedIn(options = {}) {
	if (session) return open(config.accounts, { storageState: session, ...options });
	const it = await open(config.accounts, options);
	await it.page.goto(config.accounts + config.second);
	await it.page.getByLabel('New password').fill(PASSWORD);
	await it.page.getByRole('button', { name: 'Go on' }).click();
	await it.page.waitForSelector('main .verdict');
	session = await it.context.storageState();
	return it;
}

/** Each screen in its usual form, and each part of the page of a domain. */
async function places() {
	if (twin) return twin;
	const seen = new Set();
	twin = allScreens(await idsOf(config.demo)).filter(({ name, where }) => {
		const kind = name === 'domain' ? where.replace(/\/[^/]+/, ' of one') : name;
		return !where.includes('nothing.example') && !seen.has(kind) && seen.add(kind);
	});
	return twin;
}

function frames(page) {
	return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Answers of the API as a test wants them, until the function that it gives back is called. */
async function answer(it, how) {
	const handler = async (route) => (API.test(route.request().url()) ? how(route) : route.fallback());
	await it.context.route(/\/api\/v1\//, handler);
	return () => it.context.unroute(/\/api\/v1\//, handler);
}

function problem(status, title, detail) {
	return (route) => route.fulfill({ status, contentType: 'application/problem+json', headers: { 'x-request-id': '7f3a' }, body: JSON.stringify({ type: 'about:blank', status, title, detail }) });
}

function alerts(page) {
	return page.evaluate(() => [...document.querySelectorAll('main [role=alert]')].map((e) => ({ text: e.textContent.trim(), hasWayOut: e.querySelector('button') !== null })));
}

async function loading(it, name, where) {
	const out = [], held = [];
	const stop = await answer(it, (route) => new Promise((done) => held.push(() => done(route.fallback()))));
	await it.page.goto(it.base + where, { waitUntil: 'commit' });
	await it.page.waitForSelector('main h1');
	const asks = await it.page.waitForSelector('main [aria-busy=true]', { timeout: 400 }).then(() => true, () => false);
	if (asks) {
		const has = await it.page.waitForSelector('main .bone', { timeout: 5000 }).then(() => true, () => false);
		if (!has) out.push(`${name}: nothing shows that it is loading`);
		out.push(...(await axeFinds(it, `${name}, loading`)));
	} else if (held.length > 0) out.push(`${name}: what is loading is not marked as busy`);
	await stop();
	for (const go of held) go();
	await settled(it.page);
	return { out, asks: held.length > 0 };
}

/** Everything fails in one way, and then nothing does. */
async function failing(it, name, where, how, state, hasSentence) {
	const out = [];
	const stop = await answer(it, how);
	await it.page.goto(it.base + where);
	await settled(it.page);
	const said = await alerts(it.page);
	if (said.length === 0 || !said.every((one) => hasSentence.test(one.text))) out.push(`${name}, ${state}: it says ${JSON.stringify(said)}`);
	if (said.some((one) => !one.hasWayOut)) out.push(`${name}, ${state}: nothing can be tried again`);
	await it.page.setViewportSize({ width: 320, height: 700 });
	await frames(it.page);
	out.push(...(await overflow(it, `${name}, ${state}`)), ...(await axeFinds(it, `${name}, ${state}`)));
	await it.page.setViewportSize({ width: 1280, height: 900 });
	await stop();
	for (let i = 0; i < 8 && (await it.page.locator('main [role=alert] button:has-text("Try again")').count()); i++) {
		await it.page.locator('main [role=alert] button:has-text("Try again")').first().click();
		await settled(it.page);
		await frames(it.page);
	}
	const left = await alerts(it.page);
	if (left.length > 0) out.push(`${name}, ${state}: it stays after "Try again": ${JSON.stringify(left)}`);
	return out;
}

/** One request fails, the others do not: what they show stays. */
async function partly(it, name, where) {
	const asked = new Set();
	const listen = await answer(it, (route) => {
		asked.add(new URL(route.request().url()).pathname);
		return route.fallback();
	});
	await go(it, where);
	await listen();
	const out = [];
	if (asked.size < 2) return out;
	const whole = (await it.page.textContent('main')).length;
	for (const path of asked) {
		const stop = await answer(it, (route) => (new URL(route.request().url()).pathname === path ? problem(500, 'database is locked', 'one of several')(route) : route.fallback()));
		await go(it, where);
		await stop();
		const said = await alerts(it.page);
		if (said.length > 1) out.push(`${name}: ${path} fails, and ${said.length} parts say so`);
		if (!(await it.page.locator('main h1').isVisible()) || (await it.page.textContent('main')).length < Math.min(80, whole / 4)) out.push(`${name}: ${path} fails, and nothing else is left`);
	}
	return out;
}

async function states() {
	found('each screen of the application is walked to', unvisited());
	const it = await signedIn();
	const bad = { loading: [], failing: [], partial: [], offline: [] };
	const themes = ['light', 'dark'];
	let turn = 0;
	for (const { where } of await places()) {
		const name = `/${where}`;
		await it.page.emulateMedia({ colorScheme: themes[turn++ % 2] });
		const { out, asks } = await loading(it, name, where);
		bad.loading.push(...out);
		if (!asks) continue;
		const kinds = [[problem(500, 'database is locked', 'the store is busy'), 'with an error of the server', /database is locked/], [(route) => route.abort(), 'without a network', /cannot be reached/],
			[problem(403, 'not allowed', 'this needs the role operator'), 'without the right', /not allowed/]];
		const [how, state, sentence] = kinds[turn % kinds.length];
		bad.failing.push(...(await failing(it, name, where, how, state, sentence)));
		bad.partial.push(...(await partly(it, name, where)));
		await it.context.setOffline(true);
		const bar = await it.page.waitForSelector('.offline', { timeout: 5000 }).then(() => true, () => false);
		if (!bar || (await it.page.textContent('main')).trim().length < 20) bad.offline.push(`${name}: without a network nothing says so, or the screen is gone`);
		await it.context.setOffline(false);
		await it.page.waitForSelector('.offline', { state: 'detached', timeout: 5000 }).catch(() => bad.offline.push(`${name}: still offline`));
	}
	found('each screen shows that it is loading, and then what it is', bad.loading);
	found('each screen says what failed in a sentence, and tries again', bad.failing);
	found('where one part of a screen fails the others stay', bad.partial);
	found('a screen says that the network is gone, and stays', bad.offline);
	await it.context.close();
}

async function manners() {
	const it = await signedIn();
	const titles = new Map();
	const bad = { title: [], axe: [], focus: [], skip: [], moves: [] };
	for (const { where } of await places()) {
		const name = `/${where}`;
		await go(it, where);
		const facts = await it.page.evaluate(() => ({
			title: document.title, lang: document.documentElement.lang, h1: [...document.querySelectorAll('h1')].map((h) => h.textContent.trim()),
			moves: document.getAnimations().filter((a) => Number(a.effect?.getComputedTiming().duration) > 0).length,
		}));
		if (facts.h1.length !== 1 || facts.title !== `${facts.h1[0]} - mailseal` || facts.lang !== 'en') bad.title.push(`${name}: ${JSON.stringify(facts)}`);
		if (titles.has(facts.title) && !/^domains\//.test(where)) bad.title.push(`${name} has the title of /${titles.get(facts.title)}`);
		titles.set(facts.title, where);
		if (facts.moves > 0) bad.moves.push(`${name}: ${facts.moves} things move`);
		for (const colorScheme of ['light', 'dark']) {
			await it.page.emulateMedia({ colorScheme });
			bad.axe.push(...(await axeFinds(it, `${name}, ${colorScheme}`)));
		}
		await it.page.setViewportSize({ width: 320, height: 700 });
		await frames(it.page);
		bad.axe.push(...(await overflow(it, name)), ...(await axeFinds(it, `${name}, narrow`)));
		await it.page.setViewportSize({ width: 1280, height: 900 });
		await it.page.emulateMedia({ colorScheme: 'light' });
		bad.focus.push(...(await stops(it.page)).map((text) => `${name}: ${text}`));
		await go(it, where);
		await it.page.keyboard.press('Tab');
		await it.page.keyboard.press('Enter');
		const at = await it.page.evaluate(() => document.activeElement?.id);
		if (at !== 'main') bad.skip.push(`${name}: the first stop leads to ${at}`);
	}
	found('each screen has a title of its own, and one heading that says the same', bad.title);
	found('each screen of somebody who is signed in can be used by everybody, wide and narrow', bad.axe);
	found('each stop of the Tab key on each screen shows the focus', bad.focus);
	found('the first stop of each screen skips to its content', bad.skip);
	found('where motion is unwanted nothing moves', bad.moves);
	await it.context.close();
}

/** The stops of the Tab key, at most so many, at which the focus is not to be seen. */
async function stops(page, most = 40) {
	const out = [];
	for (let i = 0; i < most; i++) {
		await page.keyboard.press('Tab');
		const stop = await page.evaluate(() => {
			const e = document.activeElement;
			if (!e || e === document.body) return null;
			const style = getComputedStyle(e), box = e.getBoundingClientRect();
			const isSeen = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
			return { isSeen: isSeen && box.bottom > 0 && box.top < innerHeight, text: `<${e.tagName.toLowerCase()}> ${(e.getAttribute('aria-label') ?? e.textContent ?? '').trim().slice(0, 40)}` };
		});
		if (!stop) break;
		if (!stop.isSeen) out.push(stop.text);
	}
	return out;
}

/** What every data screen owes its reader. */
async function honesty() {
	const it = await signedIn();
	let covers = false;
	it.page.on('response', (response) => {
		if (!API.test(response.url()) || response.status() !== 200) return;
		waiting.push(response.json().then((body) => (covers ||= 'coverage' in body), () => {}));
	});
	let waiting = [];
	const bad = { coverage: [], charts: [], numbers: [], reload: [] };
	for (const { where } of await places()) {
		const name = `/${where}`;
		covers = false;
		waiting = [];
		await go(it, where);
		await Promise.all(waiting);
		if (covers && !(await it.page.locator('main .coverage').count())) bad.coverage.push(`${name} does not say how far its data goes`);
		const seen = await it.page.evaluate(() => {
			const counted = /^(?:Sessions|Failed|Refused|Issues|Reporters|Domains|Reports)$/;
			const loose = [...document.querySelectorAll('main .big dd.v')].filter((v) => /[1-9]/.test(v.textContent) && !v.querySelector('a')).map((v) => v.closest('div').textContent.trim());
			for (const table of document.querySelectorAll('main table')) {
				const titles = [...(table.tHead?.rows[0]?.cells ?? [])].map((c) => c.textContent.trim());
				for (const row of table.tBodies[0]?.rows ?? []) {
					// A row whose name is a link is itself the list; a number beside it may go further.
					if (row.querySelector('th a, th button')) continue;
					[...row.cells].forEach((cell, i) => {
						if (cell.classList.contains('n') && counted.test(titles[i] ?? '') && /[1-9]/.test(cell.textContent) && !cell.querySelector('a')) loose.push(`${table.caption?.textContent}: ${titles[i]} ${cell.textContent.trim()}`);
					});
				}
			}
			const charts = [...document.querySelectorAll('main svg.chart')].filter((c) => !c.closest('section, .panel, div')?.parentElement.querySelector('button[aria-expanded]')).length;
			return { loose, charts };
		});
		bad.numbers.push(...seen.loose.map((text) => `${name}: ${text}`));
		if (seen.charts) bad.charts.push(`${name}: a chart has no table`);
		bad.reload.push(...(await filtersStay(it, name, where)));
	}
	found('each screen that shows data says how far the data goes', bad.coverage);
	found('each chart has its table', bad.charts);
	found('each number leads to what it counts', bad.numbers);
	found('each filter stands in the address, and the address shows the same screen again', bad.reload);
	await it.context.close();
}

async function filtersStay(it, name, where) {
	const out = [];
	const selects = await it.page.locator('main div.filters select').count();
	for (let i = 0; i < selects; i++) {
		await go(it, where);
		const select = it.page.locator('main div.filters select').nth(i);
		const values = await select.locator('option').evaluateAll((all) => all.map((one) => one.value));
		const other = values.find((value) => value !== '' && value !== 'custom' && value !== values[0]);
		const before = it.page.url();
		if (other === undefined || (await select.inputValue()) === other) continue;
		await select.selectOption(other);
		await it.page.waitForURL((url) => url.href !== before, { timeout: 3000 }).catch(() => out.push(`${name}: ${other} is not in the address`));
		await settled(it.page);
		await frames(it.page);
		const text = await it.page.innerText('main');
		await it.page.reload();
		await settled(it.page);
		await frames(it.page);
		if ((await it.page.innerText('main')) !== text) out.push(`${name}: ${other} is another screen after a reload`);
	}
	return out;
}

/** A session ends while somebody types: he signs in above his screen, and goes on. */
async function sessionEnds() {
	const it = await signedIn();
	const { page, context } = it;
	page.setDefaultTimeout(15_000);
	const bad = [];
	await go(it, 'accounts/tokens');
	await page.locator('main form input[type=text]').first().fill('half a name');
	await context.clearCookies();
	await page.locator('main form button[type=submit]').click();
	await page.waitForSelector('dialog[open] h2:has-text("Your session has ended")');
	bad.push(...(await axeFinds(it, 'the dialog')));
	await page.keyboard.press('Escape');
	await page.getByLabel('Name', { exact: true }).last().fill('bea');
	await page.locator('dialog input[type=password]').fill('not the one');
	await page.locator('dialog button[type=submit]').click();
	await page.waitForSelector('dialog [role=alert]');
	await page.locator('dialog input[type=password]').fill(PASSWORD);
	await page.locator('dialog button[type=submit]').click();
	await page.waitForSelector('dialog[open]', { state: 'detached' });
	const kept = await page.locator('main form input[type=text]').first().inputValue();
	if (kept !== 'half a name' || !page.url().endsWith('accounts/tokens')) bad.push(`the form holds "${kept}" at ${page.url()}`);
	await page.locator('main form button[type=submit]').click();
	await page.waitForSelector('main td, main th >> text=half a name');
	found('who is signed out while he types signs in above his form, and sends it', bad);
	await context.clearCookies();
	await page.goto(config.accounts);
	await page.waitForSelector('h1:has-text("Sign in")');
	check((await page.locator('dialog[open]').count()) === 0, 'who comes without a session is asked on a screen of its own');
	session = undefined;
	await context.close();
}

/** The four languages, wide and narrow. */
async function languages() {
	const bad = [];
	await (await signedIn()).context.close();
	const tops = new Map();
	for (const locale of ['de-DE', 'fr-FR', 'pl-PL', 'pt-PT']) {
		const it = await signedIn({ locale });
		for (const { where } of await places()) {
			const name = `/${where} (${locale})`;
			await go(it, where);
			for (const width of [1280, 320]) {
				await it.page.setViewportSize({ width, height: 800 });
				await frames(it.page);
				bad.push(...(await overflow(it, `${name}, ${width}`)), ...(await cutTexts(it.page)).map((text) => `${name}, ${width}: "${text}" is cut off`));
			}
			await it.page.setViewportSize({ width: 1280, height: 900 });
			if ((await it.page.evaluate(() => document.documentElement.lang)) !== locale.slice(0, 2)) bad.push(`${name}: it speaks another language`);
		}
		tops.set(locale, await it.page.textContent('.side'));
		await it.context.close();
	}
	if (new Set(tops.values()).size !== 4) bad.push('two languages are the same');
	found('each screen fits in each language, wide and narrow', bad);
}

/** Windows with a high contrast: colours are the system's, so what a colour or a ground says must be said by a line or a shape. */
async function forcedColours() {
	const bad = [];
	const it = await signedIn({ forcedColors: 'active' });
	for (const { where } of await places()) {
		for (const colorScheme of ['dark', 'light']) {
			await it.page.emulateMedia({ forcedColors: 'active', colorScheme });
			if (colorScheme === 'dark') await go(it, where);
			bad.push(...(await it.page.evaluate(() => {
				const out = [];
				const seen = (e) => e.getClientRects().length > 0 && !e.closest('.visually-hidden');
				const ground = (e) => {
					for (; e; e = e.parentElement) {
						const colour = getComputedStyle(e).backgroundColor;
						if (colour !== 'rgba(0, 0, 0, 0)') return colour;
					}
					return getComputedStyle(document.documentElement).backgroundColor;
				};
				const hasLine = (e) => ['Top', 'Bottom', 'Left'].some((side) => parseFloat(getComputedStyle(e)[`border${side}Width`]) >= 1 && getComputedStyle(e)[`border${side}Color`] !== ground(e));
				const isMarked = (e) => hasLine(e) || parseFloat(getComputedStyle(e).outlineWidth) >= 1 || getComputedStyle(e).textDecorationLine.includes('underline');
				for (const e of [...document.querySelectorAll('.tag, .chip, .btn, input:not([type=checkbox], [type=radio], [type=file]), select, textarea')].filter(seen)) if (!e.matches('.link') && !hasLine(e)) out.push(`no line around ${e.outerHTML.slice(0, 80)}`);
				for (const e of [...document.querySelectorAll('[aria-current], [aria-selected=true]')].filter(seen)) if (!isMarked(e)) out.push(`nothing marks ${e.outerHTML.slice(0, 80)}`);
				for (const e of [...document.querySelectorAll('.chart rect, .bars rect, .heat rect, .legend rect')].filter(seen)) {
					const { fill, stroke } = getComputedStyle(e);
					if (fill === ground(e.closest('svg').parentElement) && stroke === 'none' && !e.matches('.ground, .day, [class*=hit]')) out.push(`a mark is not seen: ${e.outerHTML.slice(0, 80)}`);
				}
				for (const e of [...document.querySelectorAll('.tag svg')].filter(seen)) if (getComputedStyle(e).color === ground(e)) out.push(`a shape is not seen: ${e.parentElement.textContent}`);
				return [...new Set(out)];
			})).map((text) => `/${where}, ${colorScheme}: ${text}`));
		}
	}
	found('with the colours of the system each control, badge and mark keeps its line', bad);
	await it.context.close();
}

/** On paper: the document alone, whole, dark on white, as wide as a page of A4 (210 mm less two margins of 10). */
async function paper() {
	const bad = [];
	const it = await signedIn({ colorScheme: 'dark' });
	for (const { where } of await places()) {
		const name = `/${where}`;
		await it.page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
		await it.page.setViewportSize({ width: 718, height: 1047 });
		await go(it, where);
		await it.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
		await frames(it.page);
		bad.push(...(await overflow(it, name)));
		bad.push(...(await it.page.evaluate(() => {
			const out = [];
			const seen = (e) => e.getClientRects().length > 0 && !e.closest('.visually-hidden');
			for (const e of [...document.querySelectorAll('nav, header.top, footer.foot, button:not(.link), .tabs')].filter(seen)) out.push(`${e.outerHTML.slice(0, 90)} is printed`);
			for (const e of [...document.querySelectorAll('main .tw, main pre, main .copy')].filter(seen)) {
				if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) out.push(`cut off: ${e.textContent.trim().slice(0, 60)}`);
			}
			const dark = (colour) => (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) < 3 * 128;
			if (dark(getComputedStyle(document.body).backgroundColor)) out.push('the paper is dark');
			if (!dark(getComputedStyle(document.querySelector('h1')).color)) out.push('the text is light');
			return [...new Set(out)];
		})).map((text) => `${name}: ${text}`));
	}
	const pdf = await it.page.pdf({ format: 'A4' });
	if (pdf.subarray(0, 5).toString() !== '%PDF-') bad.push('the last screen cannot be printed');
	found('each screen is printed whole, without what can only be pressed', bad);
	await it.context.close();
}

export const walks = { languages, forcedColours, paper, states, manners, honesty, sessionEnds };
