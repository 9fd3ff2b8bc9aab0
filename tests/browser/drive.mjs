// SPDX-License-Identifier: ISC
// Drives a real browser through the web application and speaks TAP.  Started by test_app and test_walks (app_world.py makes the servers):
// node drive.mjs '{"demo": "http://…", "empty": …, "naughty": …, "pseudo": …, "tools": folder, "kept": folder, "out": folder}'
import fs from 'node:fs';
import path from 'node:path';
import { api, axeFinds, check, config, cutTexts, found, go, idsOf, look, open, overflow, play, press, require, screens, settled, signedInScreens, skip } from './stage.mjs';
import { acts } from './acts.mjs';
import { walks } from './walk.mjs';

const writesGolden = process.env.MAILSEAL_GOLDEN === 'write';

async function everyScreen(base, label, themes) {
	const it = await open(base);
	const ids = await idsOf(base);
	const violations = [], wide = [], empty = [];
	for (const where of screens(ids)) {
		await go(it, where);
		const name = `/${where}`;
		if ((await it.page.textContent('main'))?.trim().length < 20) empty.push(`${name} says nothing`);
		for (const theme of themes) {
			await it.page.emulateMedia({ colorScheme: theme });
			violations.push(...(await axeFinds(it, `${name} (${theme})`)));
		}
		await it.page.emulateMedia({ colorScheme: 'light' });
		await it.page.setViewportSize({ width: 320, height: 700 });
		await it.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
		wide.push(...(await overflow(it, name)));
		await it.page.setViewportSize({ width: 1280, height: 900 });
	}
	found(`${label}: each screen says something`, empty);
	found(`${label}: each screen can be used by everybody, in ${themes.join(' and ')}`, violations);
	found(`${label}: no screen is wider than 320 pixels`, wide);
	found(`${label}: nothing is asked of another origin`, it.notes.foreign);
	found(`${label}: the browser complains about nothing`, it.notes.complaints);
	await it.context.close();
}

async function firstVisit() {
	const it = await open(config.demo);
	await go(it, '');
	const own = it.notes.requests.filter((r) => !r.startsWith('data:'));
	check(own.length <= 8, 'the first visit asks eight times at most', own);
	await it.cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
	await it.page.goto(`${config.demo}issues`);
	await settled(it.page);
	const started = Date.now();
	await it.page.goto(config.demo);
	await it.page.waitForSelector('main .verdict');
	const took = Date.now() - started;
	console.log(`# the overview was there after ${took} ms with a processor four times as slow`);
	check(took < 3000, 'the overview is soon there on a slow machine', [`${took} ms`]);
	await it.context.close();
}

async function keyboard() {
	const it = await open(config.demo);
	const { page } = it;
	await go(it, '');
	let keys = 0;
	const press = async (key) => {
		keys++;
		await page.keyboard.press(key);
	};
	await press('j');
	const focused = await page.evaluate(() => document.activeElement?.getAttribute('href') ?? '');
	await press('Enter');
	await page.waitForURL(/issues\/TI-/);
	const fix = page.locator('main ol.steps > li').first();
	await fix.waitFor(); // the screen before stays until this one is loaded
	check(keys <= 4 && focused.startsWith('issues/') && (await fix.isVisible()), 'refused mail and its fix are four keys from the overview at most', [focused, keys]);
	check(await page.evaluate(() => document.activeElement?.tagName === 'H1'), 'a new screen begins at its heading');

	await page.keyboard.press('g');
	await page.keyboard.press('d');
	await page.waitForURL(/\/domains$/);
	await settled(page);
	await page.keyboard.press('/');
	await page.keyboard.type('example.org');
	await page.waitForSelector('dialog [role=option][aria-selected=true]:has-text("domain"):has-text("example.org")');
	await page.keyboard.press('Enter');
	await page.waitForURL(/domains\/example\.org/);
	await page.waitForSelector('h1:has-text("example.org")');
	await settled(page);
	check(true, 'the search goes to a domain that is typed');

	await page.keyboard.press('?');
	await page.waitForSelector('dialog[open] kbd');
	await page.keyboard.press('Escape');
	await page.waitForSelector('dialog[open]', { state: 'detached' });
	await page.keyboard.press('g');
	await page.keyboard.press('p');
	await page.waitForURL(/\/reports$/);
	await settled(page);
	await page.getByRole('combobox', { name: 'Reporter' }).fill('goo');
	await page.waitForSelector('[role=option]:has-text("google.com")');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	await page.waitForURL(/reporter=google\.com/);
	await settled(page);
	const rows = await page.locator('main tbody tr').count();
	const others = await page.locator('main tbody tr:not(:has-text("Google"))').count();
	check(rows > 0 && others === 0, 'a filter that is typed shows its rows alone', [rows, others]);
	await page.getByRole('button', { name: /Remove the filter Reporter/ }).press('Enter');
	await page.waitForURL((url) => !url.search.includes('reporter'));
	await page.goBack();
	await page.waitForURL(/reporter=google\.com/);
	check(true, 'a filter stands in the address, and the way back leads to it');

	// Tab from the top: no trap, and each stop can be seen.
	await go(it, 'results');
	await page.evaluate(() => window.scrollTo(0, 0));
	const stops = [];
	for (let i = 0; i < 200; i++) {
		await page.keyboard.press('Tab');
		const stop = await page.evaluate(() => {
			const e = document.activeElement;
			if (!e || e === document.body) return null;
			const r = e.getBoundingClientRect();
			const top = document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0;
			const isHidden = r.width === 0 || r.bottom <= 0 || r.top >= innerHeight || (e.closest('main') && r.bottom <= top);
			return { text: (e.getAttribute('aria-label') ?? e.textContent ?? '').trim().slice(0, 40), isHidden, isSkip: e.classList.contains('skip') };
		});
		if (!stop || (stop.isSkip && i > 0)) break;
		stops.push(stop);
	}
	check(stops.length > 15 && stops.length < 200, 'the Tab key goes through a screen and leaves it', [stops.length]);
	found('each stop of the Tab key can be seen', stops.filter((s) => s.isHidden).map((s) => s.text));
	await it.context.close();
}

async function stopwatch() {
	const started = Date.now();
	const it = await open(config.demo);
	await go(it, '');
	await it.page.locator('main .verdict a').click();
	await it.page.waitForSelector('main ol.steps pre');
	const secs = (Date.now() - started + config.demo_ms) / 1000;
	console.log(`# from "make demo" to the command that mends it: ${secs.toFixed(1)} s`);
	check(secs < 30, 'a newcomer reads what is wrong and how to mend it within 30 seconds', [secs]);
	await it.context.close();
}

/** All rows of a list, page by page. */
async function all(base, what, name, most = Infinity) {
	const rows = [];
	for (let cursor = ''; cursor !== null && rows.length < most; ) {
		const page = await api(base, `${what}${what.includes('?') ? '&' : '?'}limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
		rows.push(...page[name]);
		cursor = page.next;
	}
	return rows;
}

/** What a stranger's text may have done to the screen that is shown. */
function oddities() {
	const turning = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/;
	return {
		ran: window.__ran ?? [],
		elements: [...document.querySelectorAll('#app script, #app img, #app iframe, #app object, #app embed, #app base, #app meta, #app link, #app [onclick], #app [onerror], #app [onmouseover], #app [onload]')].map((e) => e.outerHTML.slice(0, 120)),
		links: [...document.querySelectorAll('#app a[href]')].map((a) => a.href).filter((href) => !href.startsWith(location.origin)),
		turned: turning.test(document.getElementById('app').textContent + document.title) ? ['a character turns the text around it'] : [],
	};
}

async function naughty() {
	const it = await open(config.naughty);
	await it.context.addInitScript(() => {
		window.__ran = [];
		for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = () => window.__ran.push(name);
		addEventListener('securitypolicyviolation', (event) => window.__ran.push(`${event.violatedDirective} refused ${event.blockedURI}`));
	});
	const problems = [], unlike = [];
	// Each report holds fifteen of them: every sixth one shows them all, and MAILSEAL_LONG each in every field.
	const reports = (await all(config.naughty, 'reports', 'reports')).filter((r, i) => process.env.MAILSEAL_LONG || i % 6 === 0);
	const arrivals = (await all(config.naughty, 'quarantine', 'quarantined', 200)).map((r) => `quarantine/${r.id}`);
	const domains = (await all(config.naughty, 'domains', 'domains', 200)).map((d) => `domains/${encodeURIComponent(d.domain)}`);
	const odd = [...screens(await idsOf(config.naughty)), ...arrivals.slice(0, 25), ...domains.slice(0, 12), 'reports?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E', 'issues?domain=%22%3E%3Cscript%3Ealert(1)%3C/script%3E', 'senders/%3Cscript%3E'];
	const places = [...odd.map((where) => ({ where })), ...reports.map((r) => ({ where: `reports/${r.id}`, name: r.organization_name }))];
	const pages = [it.page, await it.context.newPage(), await it.context.newPage()];
	await Promise.all(pages.map(async (page) => {
		if (page !== it.page) page.on('dialog', (dialog) => void dialog.dismiss().then(() => problems.push(`${page.url()}: a dialog`)));
		for (let place = places.shift(); place; place = places.shift()) {
			await page.goto(it.base + place.where);
			await settled(page);
			for (const [kind, list] of Object.entries(await page.evaluate(oddities))) for (const one of list) problems.push(`/${place.where}: ${kind}: ${one}`);
			// Controls are shown as what they are, and white space as a page shows it.
			const plain = (text) => text.replace(/[\s\p{C}\p{Z}]+/gu, '');
			if (place.name && !/[\p{C}]/u.test(place.name) && !plain(await page.textContent('main')).includes(plain(place.name))) unlike.push(`/${place.where} does not say ${JSON.stringify(place.name)}`);
		}
	}));
	check(reports.length > 80, 'reports with naughty strings in every field were read', [reports.length]);
	found('of what a stranger writes nothing runs, links out, becomes an element or turns the text around it', problems);
	found('what a stranger writes is shown as he wrote it', unlike);
	found('naughty strings: nothing is asked of another origin', it.notes.foreign);
	found('naughty strings: the browser complains about nothing', it.notes.complaints);
	await it.context.close();
}

/** Each text of the application in marks, with accents and longer by 40 of 100, through the door of German. */
function pseudo(entry) {
	if (Array.isArray(entry)) return entry.map(pseudo);
	const accents = { a: 'á', e: 'ë', i: 'ï', o: 'ø', u: 'ü', c: 'ç', n: 'ñ', s: 'š', y: 'ÿ' };
	const text = entry.replace(/\{\w+\}|[aeioucnsy]/g, (c) => accents[c] ?? c);
	return `⟦${text}${'~'.repeat(Math.ceil(entry.length * 0.4))}⟧`;
}

async function pseudoLocale() {
	const it = await open(config.pseudo, { locale: 'de-DE' });
	const names = fs.readdirSync(path.join(config.dist, 'assets'));
	await it.context.route(/assets\/(core|more)-de-/, async (route) => {
		const part = /assets\/(core|more)-/.exec(route.request().url())[1];
		const source = fs.readFileSync(path.join(config.dist, 'assets', names.find((n) => n.startsWith(`${part}-en-`))), 'utf8');
		const { default: texts } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
		await route.fulfill({ contentType: 'text/javascript', body: `export default ${JSON.stringify(texts.map(pseudo))}` });
	});
	const unmarked = [], clipped = [];
	for (const where of screens(await idsOf(config.pseudo))) {
		await go(it, where);
		const texts = await it.page.evaluate(() => {
			const out = [];
			const walker = document.createTreeWalker(document.getElementById('app'), NodeFilter.SHOW_TEXT);
			let depth = 0;
			while (walker.nextNode()) {
				const node = walker.currentNode;
				const text = node.textContent;
				const marks = (text.match(/⟦/g) ?? []).length - (text.match(/⟧/g) ?? []).length;
				const isInside = depth > 0 || text.includes('⟦');
				depth += marks;
				if (isInside || !/\p{L}{2}/u.test(text) || node.parentElement.closest('[translate=no], code, pre, bdi, kbd, option[lang], .brand, time, script, style')) continue;
				out.push(text.trim());
			}
			return out;
		});
		// Names, keywords, numbers, days, and what stands in the address.
		const free = /^(?:mailseal.*|(?:\d+ )?MTA-STS( \w+)?( ·)?|(?:\d+ )?DANE( ·)?|TLS-RPT|TXT.*|HTTPS|JSON|CSV|Google.*|Microsoft.*|Mail\.ru.*|RFC \d+.*|.*TI-\d+|[\w.-]+\.(?:example|com|org|net|ru|json)\b.*|[\d\s.,%()·–/:<>-]*(?:[A-Z]\w{2}\.? )?[\d\s.,%()·–:]*(?:UTC)?(?: kB| MB)?|.*\d{4}.*|\d+\. \p{L}+\.?|vor .*|jetzt|[a-z0-9]+(?:[-_][a-z0-9]+)+|enforce|testing|none|reporter|text|bind|cloudflare|route53|powerdns|nsupdate|terraform|certbot|acme\.sh|Postfix|Exim|Exchange|Dovecot proxy|nginx|BIND|Cloudflare|unknown|timeout|any|not-.*|header .*|there is no such key.*)$/u;
		for (const text of texts) if (!free.test(text)) unmarked.push(`/${where}: "${text}"`);
		clipped.push(...(await cutTexts(it.page)).map((text) => `/${where}: "${text}"`));
	}
	found('no text of a screen is outside of the catalogues', [...new Set(unmarked)]);
	found('no text is cut off when it is longer by 40 of 100', clipped);
	await it.context.close();
}

/** How wide the text of a page and of a keyword is: what a picture shows depends on the fonts of the machine. */
async function fonts() {
	const it = await open(config.demo, {});
	await go(it, 'results');
	const widths = await it.page.evaluate(() => {
		const pen = document.createElement('canvas').getContext('2d');
		return [document.body, document.querySelector('code')].map((e) => {
			pen.font = `100px ${getComputedStyle(e).fontFamily}`;
			return ['Hamburgefonstiv', '0123456789', 'bold'].map((text) => Math.round(pen.measureText(text).width));
		});
	});
	await it.context.close();
	return widths;
}

/** The screens that are kept as pictures get kept answers, so that nothing of them depends on the day. */
async function pictures() {
	const { PNG } = require('pngjs');
	const { default: pixelmatch } = await import(require.resolve('pixelmatch'));
	const answers = path.join(config.kept, 'answers.json');
	const kept = fs.existsSync(answers) ? JSON.parse(fs.readFileSync(answers, 'utf8')) : {};
	const own = await fonts();
	if (writesGolden) kept.fonts = own;
	if (JSON.stringify(kept.fonts) !== JSON.stringify(own)) return skip('the screens look as they were kept', 'this machine has other fonts than the one of the pictures');
	const shots = [['', 'overview', 'light', 1280], ['', 'overview', 'dark', 1280], ['', 'overview', 'light', 320], ['issues/TI-1005', 'issue', 'light', 1280], ['issues/TI-1005', 'issue', 'dark', 320],
		['domains/example.com', 'domain', 'light', 1280], ['results', 'results', 'dark', 1280], ['reports/459', 'report', 'light', 1280]];
	for (const [where, name, theme, width] of shots) {
		const it = await open(config.demo, { viewport: { width, height: 900 }, colorScheme: theme });
		await it.page.clock.setFixedTime(new Date('2026-11-28T09:00:00Z'));
		await it.context.route(/\/api\/v1\//, async (route) => {
			const url = new URL(route.request().url());
			const key = url.pathname.replace(/.*\/api\/v1\//, '') + url.search;
			if (writesGolden && !(key in kept)) {
				const text = await (await route.fetch()).text();
				kept[key] = JSON.parse(text.replaceAll(/"(20\d\d-[\d-]+T[\d:]+Z)"/g, (whole, at) => (at > '2026-11-28T00:00:00Z' ? '"2026-11-28T06:12:00Z"' : whole)));
			}
			if (!(key in kept)) return route.fallback();
			await route.fulfill({ json: kept[key] });
		});
		await go(it, where);
		const file = `${name}-${theme}-${width}.png`;
		const made = await it.page.screenshot({ fullPage: true, animations: 'disabled', caret: 'hide' });
		await it.context.close();
		fs.mkdirSync(config.out, { recursive: true });
		fs.writeFileSync(path.join(config.out, file), made);
		const golden = path.join(config.kept, file);
		if (writesGolden) fs.writeFileSync(golden, made);
		const a = PNG.sync.read(fs.readFileSync(golden)), b = PNG.sync.read(made);
		const same = a.width === b.width && a.height === b.height;
		const diff = new PNG({ width: a.width, height: a.height });
		const wrong = same ? pixelmatch(a.data, b.data, diff.data, a.width, a.height, { threshold: 0.2 }) : -1;
		if (wrong) fs.writeFileSync(path.join(config.out, `diff-${file}`), PNG.sync.write(diff));
		check(same && wrong <= (a.width * a.height) / 500, `${file} looks as it was kept`, [same ? `${wrong} pixels differ` : `${b.width}x${b.height} instead of ${a.width}x${a.height}`, `see ${config.out}`]);
	}
	if (writesGolden) fs.writeFileSync(answers, `${JSON.stringify(kept, null, 1)}\n`);
}

/** The JSON of a report, as it came. */
async function raw(it) {
	const { page } = it;
	await go(it, `reports/${(await idsOf(config.demo)).report}`);
	await page.getByText('The JSON as it came').press('Enter');
	await page.waitForSelector('main pre.lines code');
	const lines = await page.locator('main pre.lines code').allInnerTexts();
	check(lines.length > 20 && lines[0].trim() === '{' && JSON.parse(lines.join('\n'))['organization-name'] !== undefined, 'the JSON of a report is shown as it came, in lines', lines.slice(0, 5));
	found('and can be read by everybody', await look(it, 'report-raw'));
}

/** A tenant gets a name and a logo for his documents; they are his, on the screen and on paper. */
async function letterhead(it) {
	const { page } = it;
	const problems = [];
	await go(it, 'accounts/tenants');
	await page.getByLabel('Name of a new tenant').fill('acme');
	await press(it, 'button', 'Add a tenant');
	await press(it, 'link', 'Change acme');
	await page.getByLabel('Name on documents').fill('Acme Works');
	await page.getByLabel('Colour').fill('#0a5c36');
	await page.getByLabel('What the logo says').fill('A green field');
	await page.getByLabel('Logo', { exact: true }).setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(config.png, 'base64') });
	await page.waitForSelector('main .letterhead img[src^="data:image/png"]');
	problems.push(...(await look(it, 'tenant-edit')));
	await press(it, 'button', 'Save');
	await page.waitForSelector('main table th:has-text("Acme Works")');
	await press(it, 'link', 'acme');
	const logo = page.locator('.side .letterhead img');
	await logo.waitFor();
	await page.waitForSelector('main .verdict, main .empty, main .facts');
	check((await logo.evaluate((one) => one.complete && one.naturalWidth)) === 24 && (await logo.getAttribute('alt')) === 'A green field', 'the logo of a tenant stands beside what is his');
	problems.push(...(await look(it, 'tenant-shown')));
	await page.emulateMedia({ media: 'print' });
	check((await page.locator('.paper .letterhead').isVisible()) && !(await page.locator('.side').isVisible()), 'and on paper above it');
	await page.emulateMedia({ media: 'screen' });
	await page.getByRole('combobox', { name: 'Tenant' }).selectOption('All tenants');
	await logo.waitFor({ state: 'detached' });
	check(true, 'who sees all goes back to all of them');
	found('the looks of a tenant can be set and seen by everybody, also on 320 pixels', problems);
}

/** From the first link to a signed-in user, what he may do, and the way back in by a passkey. */
async function accounts() {
	const it = await open(config.accounts);
	const { page, cdp } = it;
	page.setDefaultTimeout(20_000);
	await go(it, 'issues');
	check((await page.textContent('h1')) === 'Sign in' && (await page.locator('nav li').count()) === 0, 'who is not signed in is asked to, and sees nothing else');
	const violations = await axeFinds(it, '/sign-in');
	await page.goto(config.accounts + config.link);
	await page.getByLabel('New password').fill('correct horse battery');
	violations.push(...(await axeFinds(it, '/welcome')));
	await page.getByRole('button', { name: 'Go on' }).click();
	await page.waitForSelector('main .verdict');
	check(true, 'a link that opens once makes a user, who is signed in');
	for (const where of signedInScreens()) {
		await go(it, where);
		violations.push(...(await axeFinds(it, `/${where}`)));
		await page.setViewportSize({ width: 320, height: 700 });
		await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
		violations.push(...(await overflow(it, `/${where}`)));
		await page.setViewportSize({ width: 1280, height: 900 });
	}
	found('the pages of accounts can be used by everybody, also on 320 pixels', violations);

	await go(it, 'issues');
	await page.keyboard.press('j');
	await page.keyboard.press('Enter');
	await page.waitForURL(/issues\/TI-/);
	await page.getByRole('button', { name: 'Acknowledge' }).press('Enter');
	await page.waitForSelector('.panel dd:has-text("Acknowledged")');
	check(true, 'an issue is acknowledged by the keyboard');
	await page.getByRole('button', { name: 'Add a note' }).press('Enter');
	await page.keyboard.type('Asked the hoster.');
	await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
	await page.waitForSelector('main :text("ana: Asked the hoster.")');
	check(true, 'a note is added by the keyboard, and says who wrote it');
	await go(it, 'senders/google.com');
	await page.getByRole('button', { name: 'Trust it', exact: true }).press('Enter');
	await page.waitForSelector('main .note:has-text("Counted now:")');
	check((await page.locator('dd:has-text("You trust this reporter.")').count()) === 0, 'what trust would change is shown before it is given');
	await page.getByRole('button', { name: 'Decide so' }).press('Enter');
	await page.waitForSelector('dd:has-text("You trust this reporter.")');
	check(true, 'a reporter is trusted by the keyboard');
	await go(it, 'accounts/audit');
	const log = (await page.textContent('main table')) ?? '';
	check(/TI-\d+/.test(log) && log.includes('google.com'), 'both stand in the audit log', [log.slice(0, 400)]);

	await go(it, 'alerts/rules');
	await page.getByRole('link', { name: 'New rule' }).press('Enter');
	await page.getByLabel('Name', { exact: true }).fill('shaky');
	await page.getByLabel('More than, in percent').fill('5%');
	await page.getByRole('button', { name: 'Try it on the last 30 days' }).press('Enter');
	await page.waitForSelector('form [role=status]:has-text("it would have fired")');
	await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
	await page.waitForSelector('main table th:has-text("shaky")');
	check((await page.textContent('main table')).includes('more than 5.0 %'), 'a rule is tried on the past and made, by the keyboard');

	await raw(it);
	await letterhead(it);

	await cdp.send('WebAuthn.enable');
	await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
	await go(it, 'accounts/me');
	await page.getByLabel('Name of the passkey').fill('laptop');
	await page.getByRole('button', { name: 'Add a passkey' }).click();
	await page.waitForSelector('main td, main th >> text=laptop');
	await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
	await page.waitForSelector('h1:has-text("Sign in")');
	await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
	await page.waitForSelector('main .verdict');
	check(true, 'a passkey opens the door again');
	await it.context.clearCookies();
	await page.keyboard.press('g');
	await page.keyboard.press('d');
	await page.waitForSelector('dialog[open] h2:has-text("Your session has ended")');
	await page.getByRole('button', { name: 'Leave this screen' }).click();
	await page.waitForSelector('h1:has-text("Sign in")');
	check(page.url().endsWith('/domains'), 'a session that has ended leads to the sign-in, and the address stays');
	found('accounts: nothing is asked of another origin', it.notes.foreign);
	found('accounts: the browser complains about nothing', it.notes.complaints);
	await it.context.close();
}

const parts = { everyScreen: () => everyScreen(config.demo, 'a store with data', ['light', 'dark']), empty: () => everyScreen(config.empty, 'an empty store', ['dark']), firstVisit, keyboard, stopwatch, naughty, pseudoLocale, accounts, pictures };
await play(config.part === 'walks' ? walks : { ...parts, ...acts });
