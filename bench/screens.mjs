// SPDX-License-Identifier: ISC
// The browser's side of bench/screens: node screens.mjs '{"base": "http://…", "token": "…", "tools": folder, "chromium": path, "runs": 5}'
import path from 'node:path';
import { createRequire } from 'node:module';

const config = JSON.parse(process.argv[2]);
const { chromium } = createRequire(path.join(config.tools, 'package.json'))('playwright-core');
const SLOWER = 4;
const SCREENS = [
	['', 'main .issues li, main .verdict'], ['?period=13m', 'main .issues li'], ['issues', 'main .issues li, main table tbody tr'], ['domains', 'main tbody tr'], ['domains?period=13m&sort=name', 'main tbody tr'],
	['domains/d0.example', 'main .verdict, main table tbody tr'], ['domains/d0.example?period=13m', 'main .verdict, main table tbody tr'], ['results?period=13m', 'main tbody tr'],
	['senders', 'main tbody tr'], ['senders?period=13m', 'main tbody tr'], ['senders?by=address&period=13m', 'main tbody tr'], ['senders/google.com?period=13m', 'main h1'], ['reports', 'main tbody tr'],
	['policies', 'main tbody tr'], ['quarantine', 'main tbody tr'], ...(config.huge ? [[`reports/${config.huge}`, 'main table']] : []), ...(config.issue ? [[`issues/${config.issue}`, 'main h1']] : []),
];

const browser = await chromium.launch({ executablePath: config.chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking'] });

/** Runs in the page before anything else: notes when what is wanted stands there, and the tasks that hold input up. */
function watch(selector) {
	window.longest = 0;
	window.blocked = 0;
	new PerformanceObserver((list) => {
		for (const task of list.getEntries()) {
			window.longest = Math.max(window.longest, task.duration);
			window.blocked += Math.max(0, task.duration - 50);
		}
	}).observe({ type: 'longtask', buffered: true });
	const look = () => {
		const done = document.querySelector(selector) && !document.querySelector('main [aria-busy=true], main .bone');
		// two frames later it is painted, and a key would have been answered
		if (done) requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => (window.usable = performance.now()))));
		else requestAnimationFrame(look);
	};
	look();
}

async function visit(where, selector, rate) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce', extraHTTPHeaders: { Authorization: `Bearer ${config.token}` } });
	const page = await context.newPage();
	const cdp = await context.newCDPSession(page);
	let requests = 0, bytes = 0;
	await cdp.send('Network.enable');
	cdp.on('Network.loadingFinished', (e) => {
		requests++;
		bytes += e.encodedDataLength;
	});
	await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
	await cdp.send('Emulation.setCPUThrottlingRate', { rate });
	await page.addInitScript(watch, selector);
	await page.goto(config.base + where, { waitUntil: 'commit' });
	await page.waitForFunction(() => window.usable, null, { timeout: 60_000 });
	const key = await page.evaluate(() => new Promise((done) => {
		addEventListener('keydown', () => requestAnimationFrame(() => done(performance.now() - from)), { once: true });
		const from = performance.now();
		document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift', bubbles: true }));
	}));
	const found = await page.evaluate(() => ({ usable: window.usable, longest: window.longest, blocked: window.blocked, nodes: document.querySelectorAll('*').length,
		api: performance.getEntriesByType('resource').filter((r) => r.name.includes('/api/v1/')).map((r) => `${r.name.replace(/.*\/api\/v1/, '').slice(0, 40)} ${Math.round(r.startTime)}+${Math.round(r.duration)} ms ${Math.round(r.decodedBodySize / 1000)} kB`) }));
	const { metrics } = await cdp.send('Performance.getMetrics');
	const work = 1000 * SLOWER * metrics.find((metric) => metric.name === 'TaskDuration').value;
	await context.close();
	return { ...found, key, requests, bytes, work };
}

const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const show = (value, width) => String(Math.round(value)).padStart(width);

console.log(`${'usable'.padStart(9)} ${'4 x own'.padStart(10)} ${'longest task'.padStart(13)} ${'held up'.padStart(9)} ${'key'.padStart(7)} ${'requests'.padStart(9)} ${'bytes'.padStart(8)} ${'nodes'.padStart(7)}  screen`);
for (const [where, selector] of SCREENS.filter(([where]) => !config.only || where === config.only || (config.only === '/' && where === ''))) {
	const runs = [], own = [];
	for (let n = 0; n < config.runs; n++) {
		runs.push(await visit(where, selector, SLOWER));
		own.push((await visit(where, selector, 1)).work);
	}
	const of = (name) => middle(runs.map((run) => run[name]));
	console.log(`${show(of('usable'), 6)} ms ${show(middle(own), 7)} ms ${show(of('longest'), 10)} ms ${show(of('blocked'), 6)} ms ${show(of('key'), 4)} ms ${show(of('requests'), 9)} ${show(of('bytes'), 8)} ${show(of('nodes'), 7)}  /${where}`);
	if (config.detail) for (const line of runs[0].api) console.log(`            ${line}`);
}
await browser.close();
