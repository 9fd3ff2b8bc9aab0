// SPDX-License-Identifier: ISC
// Which screen is shown, over the History API.  Paths are below the <base href> that the server fills in, so that the
// application works at any place behind a proxy.  All filters live in the query.
import { tick } from 'svelte';

const base = new URL(document.baseURI).pathname.replace(/[^/]*$/, '');

export interface Place {
	path: string; // below the base, without a leading slash
	query: URLSearchParams;
}

function read(): Place {
	const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : '';
	return { path: path.replace(/\/+$/, ''), query: new URLSearchParams(location.search) };
}

let here = $state.raw<Place>(read());

export function place(): Place {
	return here;
}

export function parameter(name: string): string {
	return here.query.get(name) ?? '';
}

/** "issues?domain=example.com"; empty values are left out. */
export function href(path: string, query: Record<string, string | number | null | undefined> = {}): string {
	const parameters = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== null && value !== undefined && value !== '') parameters.set(name, String(value));
	}
	const text = parameters.toString();
	return (path === '' ? './' : path) + (text === '' ? '' : `?${text}`);
}

/** A piece of a path out of foreign text. */
export function piece(text: string): string {
	return encodeURIComponent(text);
}

/** The same screen with other parameters. */
export function withQuery(changes: Record<string, string | null>): string {
	const query = Object.fromEntries(here.query);
	for (const [name, value] of Object.entries(changes)) {
		if (value === null || value === '') delete query[name];
		else query[name] = value;
	}
	return href(here.path, query);
}

export function go(to: string, { replace = false, keepFocus = false } = {}): void {
	const url = new URL(to, document.baseURI);
	const isSame = url.pathname + url.search === location.pathname + location.search;
	const isOtherScreen = url.pathname !== location.pathname;
	if (!isSame) history[replace ? 'replaceState' : 'pushState'](null, '', url);
	here = read();
	if (isOtherScreen && !keepFocus) void arrive();
}

/** A new screen begins at its heading, for the eyes and for a screen reader. */
export async function arrive(): Promise<void> {
	await tick();
	window.scrollTo(0, 0);
}

function isOurs(link: HTMLAnchorElement): boolean {
	return link.origin === location.origin && link.pathname.startsWith(base) && !link.pathname.startsWith(`${base}api/`) &&
		!link.hasAttribute('download') && (link.target === '' || link.target === '_self');
}

export function start(): void {
	addEventListener('popstate', () => {
		here = read();
	});
	document.addEventListener('click', (event) => {
		if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
		const link = (event.target as Element | null)?.closest('a[href]');
		if (!(link instanceof HTMLAnchorElement) || !isOurs(link)) return;
		const raw = link.getAttribute('href') ?? '';
		event.preventDefault();
		if (raw.startsWith('#')) {
			const target = document.getElementById(raw.slice(1));
			target?.focus();
			target?.scrollIntoView();
		} else {
			go(link.href);
		}
	});
}
