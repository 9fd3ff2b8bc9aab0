// SPDX-License-Identifier: ISC
// Single keys.  They are off while somebody types, with any modifier, inside a dialog, and where the reader switched them
// off (WCAG 2.1.4).
import { go } from './router.svelte';
import { settings } from './settings.svelte';

export interface Commands {
	palette(): void;
	help(): void;
}

const PLACES: Record<string, string> = {
	o: './', i: 'issues', d: 'domains', r: 'results', s: 'senders', p: 'reports', q: 'quarantine', l: 'policies', c: 'tools/check',
};
const SECOND_KEY_MS = 1500;

function isTyping(target: EventTarget | null): boolean {
	if (target instanceof HTMLInputElement) return target.type !== 'checkbox';
	return target instanceof HTMLElement && (target.isContentEditable || /^(?:SELECT|TEXTAREA)$/.test(target.tagName));
}

/** Moves to the next or the previous row that is one link. */
export function moveRow(step: 1 | -1): boolean {
	const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')].filter((row) => row.offsetParent !== null);
	if (rows.length === 0) return false;
	const focused = document.activeElement;
	const at = rows.findIndex((row) => row === focused || (row.closest('tr')?.contains(focused) ?? false));
	const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
	next?.focus();
	next?.scrollIntoView({ block: 'nearest' });
	return true;
}

/** Chooses the row that has the focus, or no longer. */
function pickRow(): boolean {
	const box = document.activeElement?.closest('tr')?.querySelector<HTMLInputElement>('[data-pick]');
	box?.click();
	return box != null;
}

export function listen(commands: Commands): () => void {
	let waitsUntil = 0;

	function onKey(event: KeyboardEvent): void {
		if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
			event.preventDefault();
			commands.palette();
			return;
		}
		if (!settings.keys || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
		if (document.querySelector('dialog[open]')) return;
		const isSecond = event.timeStamp < waitsUntil;
		waitsUntil = 0;
		const to = isSecond ? PLACES[event.key] : undefined;
		if (to !== undefined) {
			event.preventDefault();
			go(to);
			return;
		}
		switch (event.key) {
			case 'g': waitsUntil = event.timeStamp + SECOND_KEY_MS; return;
			case '/': commands.palette(); break;
			case '?': commands.help(); break;
			case 'f': document.querySelector<HTMLElement>('main .filters select, main .filters input')?.focus(); break;
			case 'j': if (!moveRow(1)) return; break;
			case 'k': if (!moveRow(-1)) return; break;
			case 'x': if (!pickRow()) return; break;
			default: return;
		}
		event.preventDefault();
	}

	addEventListener('keydown', onKey);
	return () => removeEventListener('keydown', onKey);
}
