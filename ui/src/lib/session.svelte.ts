// SPDX-License-Identifier: ISC
// Who is here, and what this server has.
import paths from 'virtual:contract';
import { api, change, forgetAll, get, setCsrfToken, type Problem } from './client';
import type { Me, Meta } from './types';

export const session = $state<{ meta: Meta | null; me: Me | null; problem: Problem | null; isOffline: boolean }>({
	meta: null, me: null, problem: null, isOffline: false,
});

export async function refresh(): Promise<void> {
	const [meta, me] = await Promise.allSettled([get<Meta>(api('meta')), get<Me>(api('me'))]);
	if (meta.status === 'fulfilled') session.meta = meta.value;
	session.problem = me.status === 'rejected' ? (me.reason as Problem) : null;
	if (me.status === 'fulfilled') {
		session.me = me.value;
		setCsrfToken(me.value.csrf_token);
	} else if (session.problem?.status === 401) {
		session.me = null;
	}
}

/** Whether the contract has this path; the application and the server are built from the same one. */
export function offers(path: string): boolean {
	return paths.has(path);
}

export function has(feature: string): boolean {
	return session.meta?.features.includes(feature) ?? false;
}

/** Somebody has to say who he is before anything is shown. */
export function mustSignIn(): boolean {
	return session.problem?.status === 401 || session.problem?.code === 'first-account';
}

export async function signOut(): Promise<void> {
	await change('POST', api('sign-out'));
	setCsrfToken('');
	forgetAll();
	location.assign(new URL('./', document.baseURI));
}

const ROLES = ['viewer', 'operator', 'admin', 'site'];

export function may(right: 'viewer' | 'operator' | 'admin' | 'site'): boolean {
	return ROLES.indexOf(session.me?.role ?? '') >= ROLES.indexOf(right);
}
