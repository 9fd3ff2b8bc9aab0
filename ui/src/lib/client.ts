// SPDX-License-Identifier: ISC
// Talks to /api/v1.  Errors are those of RFC 9457; what was read is kept with its ETag, so that coming back to a screen
// shows it at once and asks only whether it changed.
import { settings } from './settings.svelte';
import { language } from './words.svelte';

export class Problem extends Error {
	constructor(
		readonly status: number, // 0: the server was not reached
		readonly title: string,
		readonly detail: string,
		readonly request: string,
		readonly errors: { pointer?: string; detail: string }[] = [],
		/** Stays the same in every language. */
		readonly code = '',
	) {
		super(detail || title);
	}
}

/** Told to the window when something is answered with 401: the session has ended. */
export const SIGNED_OUT = 'signed-out';

interface Kept {
	etag: string;
	data: unknown;
}

const KEPT = 60;
const kept = new Map<string, Kept>();

export function api(path: string, query: Record<string, string | number | null | undefined> = {}): string {
	const url = new URL(`api/v1/${path}`, document.baseURI);
	for (const [name, value] of Object.entries(query)) {
		if (value !== null && value !== undefined && value !== '') url.searchParams.set(name, String(value));
	}
	if (settings.tenant > 0) url.searchParams.set('tenant', String(settings.tenant));
	return url.href;
}

async function problemOf(response: Response): Promise<Problem> {
	const request = response.headers.get('x-request-id') ?? '';
	let body: { title?: string; detail?: string; code?: string; errors?: { pointer?: string; detail: string }[] } = {};
	try {
		if ((response.headers.get('content-type') ?? '').includes('json')) body = await response.json();
	} catch {
		// what is not JSON says nothing more than its status
	}
	return new Problem(response.status, body.title ?? `${response.status}`, body.detail ?? '', request, body.errors, body.code ?? '');
}

async function send(url: string, init: RequestInit): Promise<Response> {
	try {
		return await fetch(url, { credentials: 'same-origin', ...init });
	} catch (error) {
		if (init.signal?.aborted) throw error;
		throw new Problem(0, 'offline', error instanceof Error ? error.message : '', '');
	}
}

/** What was read before, if it is still kept. */
export function remembered<T>(url: string): T | undefined {
	return kept.get(`${language()} ${url}`)?.data as T | undefined;
}

export function forgetAll(): void {
	kept.clear();
}

/** Characters that turn the text around them, as they are and escaped; an escaped backslash is passed over. */
const TURNING = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]|\\(?:\\|u(20(?:0[ef]|2[a-e]|6[6-9])|061c))/gi;

/** What a stranger wrote must not turn the words around it: those characters are shown as their numbers, as on a terminal. */
function parsed(text: string): unknown {
	return JSON.parse(text.replace(TURNING, (one, hex?: string) =>
		one.length === 1 ? `\\\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}` : hex ? `\\${one}` : one));
}

export async function get<T>(url: string, signal?: AbortSignal): Promise<T> {
	const key = `${language()} ${url}`;
	const known = kept.get(key);
	const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language() };
	if (known) headers['if-none-match'] = known.etag;
	const response = await send(url, { headers, signal: signal ?? null });
	if (response.status === 304 && known) return known.data as T;
	if (response.status === 401 && !url.includes('/api/v1/me')) dispatchEvent(new Event(SIGNED_OUT));
	if (!response.ok) throw await problemOf(response);
	const data = parsed(await response.text());
	const etag = response.headers.get('etag');
	kept.delete(key);
	if (etag) kept.set(key, { etag, data });
	if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
	return data as T;
}

/** What is no JSON of the API: a text, and how long the whole of it is. */
export async function text(url: string): Promise<{ text: string; total: number }> {
	const response = await send(url, { headers: { accept: 'text/plain', 'accept-language': language() } });
	if (response.status === 401) dispatchEvent(new Event(SIGNED_OUT));
	if (!response.ok) throw await problemOf(response);
	const body = (await response.text()).replace(TURNING, (one) => (one.length === 1 ? `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}` : one));
	return { text: body, total: Number(response.headers.get('x-total-bytes') ?? body.length) };
}

/** What a session shows with each of its changes, so that no other site can make them. */
let csrfToken = '';

export function setCsrfToken(token: string | null | undefined): void {
	csrfToken = token ?? '';
}

/** A change; the answer may be empty.  A file goes as it is. */
export async function change<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, body?: unknown, more: Record<string, string> = {}): Promise<T> {
	const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language(), ...more };
	if (csrfToken !== '') headers['x-csrf-token'] = csrfToken;
	const isFile = body instanceof Blob;
	if (method !== 'DELETE') headers['content-type'] = isFile ? body.type : 'application/json';
	const response = await send(url, { method, headers, body: method === 'DELETE' ? null : isFile ? body : JSON.stringify(body ?? {}) });
	if (response.status === 401 && !url.includes('/api/v1/sign-in')) dispatchEvent(new Event(SIGNED_OUT));
	if (!response.ok) throw await problemOf(response);
	const text = await response.text();
	return (text === '' ? undefined : JSON.parse(text)) as T;
}
