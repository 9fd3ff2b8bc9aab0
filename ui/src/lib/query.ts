// SPDX-License-Identifier: ISC
// The filters of the URL, as the API takes them.
import { place } from './router.svelte';

export const FILTERS = ['period', 'since', 'until', 'domain', 'reporter', 'result', 'mx', 'mode', 'policy', 'failing'] as const;

export function filters(names: readonly string[] = FILTERS): Record<string, string> {
	const out: Record<string, string> = {};
	for (const name of names) {
		const value = place().query.get(name);
		if (value) out[name] = value;
	}
	return out;
}

export function isFiltered(names: readonly string[] = FILTERS): boolean {
	return names.some((name) => name !== 'period' && place().query.get(name));
}
