// SPDX-License-Identifier: ISC
// Which screen stands at which path, and what the navigation shows.  What the server does not have is not there.
import type { Component } from 'svelte';
import { may } from './session.svelte';
import { _ } from './words.svelte';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Load = () => Promise<{ default: Component<any> }>;
interface Route {
	name: string;
	pattern: RegExp;
	load: Load;
}

const NAME = '([^/]+)';
function route(name: string, path: string, load: Load): Route {
	return { name, pattern: new RegExp(`^${path}$`), load };
}

const missing = () => import('../screens/Missing.svelte');
const routes: Route[] = [
	route('issues', 'issues', () => import('../screens/Issues.svelte')),
	route('issue', `issues/${NAME}`, () => import('../screens/Issue.svelte')),
];

export function find(path: string): { name: string; load: Load | null; params: string[] } {
	if (path === '' || path === 'index.html') return { name: 'overview', load: null, params: [] };
	for (const one of routes) {
		const match = one.pattern.exec(path);
		if (!match) continue;
		try {
			return { name: one.name, load: one.load, params: match.slice(1).map((part) => decodeURIComponent(part ?? '')) };
		} catch {
			break; // not a path that we make
		}
	}
	return { name: 'missing', load: missing, params: [path] };
}

export function navigation(): { path: string; title: string }[] {
	void may;
	return [
		{ path: '', title: _('Overview') },
		{ path: 'issues', title: _('Issues') },
	];
}
