// SPDX-License-Identifier: ISC
// The words that people read.  The English texts in the sources are the keys of po/*.po; at build time each becomes the
// number of an entry (build/words.ts), and one small module for each language holds the texts.
import { loadCore, loadMore, languages, pluralRules } from 'virtual:words';

export type Values = Record<string, string | number>;
type Entry = string | string[];

export const LANGUAGES: Record<string, string> = {
	en: 'English',
	de: 'Deutsch',
	fr: 'Français',
	pl: 'Polski',
	pt: 'Português',
};

let entries: Entry[] = [];
let hasMore = false;
let current = $state('en');

export function language(): string {
	return current;
}

/** The first language that is asked for and known. */
export function choose(wanted: readonly string[]): string {
	for (const tag of wanted) {
		const primary = tag.toLowerCase().split('-')[0] ?? '';
		if (languages.includes(primary)) return primary;
	}
	return 'en';
}

export async function loadWords(tag: string): Promise<void> {
	entries = (await loadCore(tag)).slice();
	hasMore = false;
	current = tag;
	document.documentElement.lang = tag;
}

/** The texts of all screens but the overview; each screen waits for them. */
export async function loadAllWords(): Promise<void> {
	if (hasMore) return;
	const tag = current;
	const more = await loadMore(tag);
	if (tag === current && !hasMore) {
		entries = entries.concat(more);
		hasMore = true;
	}
}

export function fill(text: string, values?: Values): string {
	if (!values) return text;
	return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
		const value = values[name];
		return value === undefined ? whole : typeof value === 'number' ? value.toLocaleString(current) : value;
	});
}

function lookup(key: string | number, form: number): string {
	if (typeof key === 'string') return key; // in tests without a build
	const entry = entries[key];
	if (entry === undefined) return '';
	return typeof entry === 'string' ? entry : (entry[form] ?? entry[0] ?? '');
}

export function _(text: string, values?: Values): string {
	return fill(lookup(text, 0), values);
}

/** The same English word with another meaning: the context is for the translator. */
export function pgettext(context: string, text: string, values?: Values): string {
	void context;
	return fill(lookup(text, 0), values);
}

/** {n} and {count} in the texts are the number itself. */
export function ngettext(one: string, many: string, n: number, values?: Values): string {
	const rule = pluralRules[current] ?? pluralRules.en!;
	const form = rule(Math.abs(Math.trunc(n)));
	return fill(typeof one === 'number' ? lookup(one, form) : form === 0 ? one : many, { n, count: n, ...values });
}
