// SPDX-License-Identifier: ISC
// Which screen stands at which path, and what the navigation shows.  What the server does not have is not there.
import type { Component } from 'svelte';
import { may, mustSignIn, offers, session } from './session.svelte';
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

const signIn = () => import('../screens/SignIn.svelte');
const missing = () => import('../screens/Missing.svelte');
const routes: Route[] = [
	route('issues', 'issues', () => import('../screens/Issues.svelte')),
	route('issue', `issues/${NAME}`, () => import('../screens/Issue.svelte')),
	route('domains', 'domains', () => import('../screens/Domains.svelte')),
	route('domain', `domains/${NAME}(?:/(results|senders|reports|policy|history|settings))?`, () => import('../screens/Domain.svelte')),
	route('results', 'results', () => import('../screens/Results.svelte')),
	route('senders', '(?:senders|sources)', () => import('../screens/Senders.svelte')),
	route('sender', `(?:senders|sources)/${NAME}`, () => import('../screens/Sender.svelte')),
	route('reports', 'reports', () => import('../screens/Reports.svelte')),
	route('report', 'reports/(\\d+)', () => import('../screens/Report.svelte')),
	route('policies', 'policies', () => import('../screens/Policies.svelte')),
	route('policy', `policies/${NAME}`, () => import('../screens/Policy.svelte')),
	route('record', offers('/checks/{domain}') ? 'tools/record' : 'tools(?:/record)?', () => import('../screens/Record.svelte')),
	route('alerts', 'alerts(?:/log)?', () => import('../screens/Alerts.svelte')),
	route('rules', 'alerts/rules', () => import('../screens/Rules.svelte')),
	route('channels', 'alerts/channels', () => import('../screens/Channels.svelte')),
	route('settings', 'settings', () => import('../screens/Configuration.svelte')),
	route('quarantine', 'quarantine', () => import('../screens/Quarantine.svelte')),
	route('arrival', 'quarantine/(\\d+)', () => import('../screens/Arrival.svelte')),
	route('welcome', 'welcome', () => import('../screens/Welcome.svelte')),
	route('me', 'accounts(?:/me)?', () => import('../screens/Me.svelte')),
	route('users', 'accounts/users', () => import('../screens/Users.svelte')),
	route('tokens', 'accounts/tokens', () => import('../screens/Tokens.svelte')),
	route('tenants', 'accounts/tenants', () => import('../screens/Tenants.svelte')),
	route('audit', 'accounts/audit', () => import('../screens/Audit.svelte')),
	route('help', 'help', () => import('../screens/Help.svelte')),
	route('cause', `help/causes/${NAME}`, () => import('../screens/Cause.svelte')),
];

if (offers('/checks/{domain}')) routes.push(route('check', 'tools(?:/check)?', () => import('../screens/Check.svelte')));
if (offers('/domains/{domain}/setup')) routes.push(route('setup', `tools/setup(?:/${NAME})?`, () => import('../screens/Setup.svelte')));
if (offers('/explain')) routes.push(route('explain', 'tools/explain', () => import('../screens/Explain.svelte')));

export function find(path: string): { name: string; load: Load | null; params: string[] } {
	// Whatever the address is, somebody who has to say who he is does that first, and then sees it.
	if (mustSignIn() && path !== 'welcome') return { name: 'sign-in', load: signIn, params: [] };
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
	return [
		{ path: '', title: _('Overview') },
		{ path: 'issues', title: _('Issues') },
		{ path: 'domains', title: _('Domains') },
		{ path: 'results', title: _('Results') },
		{ path: 'senders', title: _('Senders') },
		{ path: 'reports', title: _('Reports') },
		{ path: 'policies', title: _('Policies') },
		{ path: offers('/checks/{domain}') ? 'tools/check' : 'tools/record', title: _('Tools') },
		{ path: 'alerts', title: _('Alerts') },
		...(may('operator') ? [{ path: 'quarantine', title: _('Quarantine') }] : []),
		...(session.me?.user ? [{ path: 'accounts/me', title: _('Accounts') }] : []),
		...(offers('/settings') && may('site') ? [{ path: 'settings', title: _('Settings') }] : []),
	];
}
