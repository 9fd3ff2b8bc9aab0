// SPDX-License-Identifier: ISC
// Who is here, and what this server has.
import paths from 'virtual:contract';
import { api, change, forgetAll, get, setCsrfToken, type Problem } from './client';
import type { Me, Meta } from './types';

export const session = $state<{ meta: Meta | null; me: Me | null; problem: Problem | null; isOffline: boolean; hasEnded: boolean; turn: number }>({
	meta: null, me: null, problem: null, isOffline: false,
	/** Who was here has to sign in again; his screen stays below the question, with what he typed. */
	hasEnded: false,
	/** Counts the times that he did. */
	turn: 0,
});

export async function refresh(): Promise<void> {
	const [meta, me] = await Promise.allSettled([get<Meta>(api('meta')), get<Me>(api('me'))]);
	if (meta.status === 'fulfilled') session.meta = meta.value;
	session.problem = me.status === 'rejected' ? (me.reason as Problem) : null;
	if (me.status === 'fulfilled') {
		if (session.hasEnded && session.me?.user?.name !== me.value.user?.name) location.reload(); // nothing of one person for another
		if (session.hasEnded) session.turn++;
		session.hasEnded = false;
		session.me = me.value;
		setCsrfToken(me.value.csrf_token);
	} else if (session.problem?.status === 401) {
		session.hasEnded = session.me?.user != null;
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
	return !session.hasEnded && (session.problem?.status === 401 || session.problem?.code === 'first-account');
}

/** Nobody signs in again here: the screen gives way to the sign-in. */
export function leave(): void {
	session.me = null;
	session.hasEnded = false;
	forgetAll();
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
