// SPDX-License-Identifier: ISC
import type { State } from './states';
import { _ } from './words.svelte';

export const KINDS = ['unreadable', 'held', 'foreign', 'conflicting'] as const;

export function kind(keyword: string): State {
	switch (keyword) {
		case 'unreadable': return { tone: 'fail', text: _('unreadable') };
		case 'held': return { tone: 'warn', text: _('held') };
		case 'foreign': return { tone: 'none', text: _('of other domains') };
		case 'conflicting': return { tone: 'warn', text: _('contradicts another') };
		default: return { tone: 'none', text: keyword };
	}
}
