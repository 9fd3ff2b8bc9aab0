// SPDX-License-Identifier: ISC
// Numbers and times in the language of the reader.  Days are days in UTC, as RFC 8460 counts; the times at which something
// came in are in the reader's own zone, and say so.
import { _, language } from './words.svelte';

const cache = new Map<string, Intl.DateTimeFormat | Intl.RelativeTimeFormat | Intl.ListFormat>();

/** 21 Nov 2026 and 1,204, as the command line and the documents write them. */
function tag(): string {
	return language() === 'en' ? 'en-GB' : language() === 'pt' ? 'pt-PT' : language();
}

function made<T extends Intl.DateTimeFormat | Intl.RelativeTimeFormat | Intl.ListFormat>(name: string, make: (l: string) => T): T {
	const key = `${tag()}/${name}`;
	let found = cache.get(key);
	if (!found) cache.set(key, (found = make(tag())));
	return found as T;
}

export function count(n: number): string {
	return n.toLocaleString(tag());
}

/** "8.5 %": two significant digits, never rounded to nothing or to all. */
export function share(part: number, whole: number): string {
	if (whole === 0) return '';
	const value = (100 * part) / whole;
	const text = (n: number, digits: number) => {
		const said = (n / 100).toLocaleString(tag(), { style: 'percent', maximumFractionDigits: digits, minimumFractionDigits: digits });
		return language() === 'en' ? said.replace('%', '\u00a0%') : said; // as the documents write it
	};
	if (part === 0) return text(0, 0);
	if (value < 0.1) return `< ${text(0.1, 1)}`;
	if (part >= whole) return text(100, 0);
	if (value > 99.9) return `> ${text(99.9, 1)}`;
	if (value >= 99) return text(Math.floor(value * 10) / 10, 1);
	return text(value, value < 9.95 ? 1 : 0);
}

function utc(day: string): Date {
	return new Date(`${day.slice(0, 10)}T00:00:00Z`);
}

/** "21 Nov 2026" of "2026-11-21" or of an instant in UTC. */
export function day(text: string): string {
	return made('day', (l) => new Intl.DateTimeFormat(l, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }))
		.format(utc(text));
}

export function dayShort(text: string): string {
	return made('short', (l) => new Intl.DateTimeFormat(l, { day: 'numeric', month: 'short', timeZone: 'UTC' })).format(utc(text));
}

export function dayLong(text: string): string {
	return made('long', (l) => new Intl.DateTimeFormat(l, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }))
		.format(utc(text));
}

/** "21 – 27 Nov 2026". */
export function days(first: string, last: string): string {
	return made('day', (l) => new Intl.DateTimeFormat(l, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }))
		.formatRange(utc(first), utc(last));
}

/** In the reader's zone, with the zone's name. */
export function instant(text: string): string {
	return made('instant', (l) => new Intl.DateTimeFormat(l, {
		day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short',
	})).format(new Date(text));
}

/** Short, for tables: "28 Nov, 23:30", in the reader's zone. */
export function moment(text: string): string {
	return made('moment', (l) => new Intl.DateTimeFormat(l, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })).format(new Date(text));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86400], ['hour', 3600], ['minute', 60]];

export function ago(text: string): string {
	const secs = (Date.now() - Date.parse(text)) / 1000;
	const relative = made('ago', (l) => new Intl.RelativeTimeFormat(l, { numeric: 'auto' }));
	for (const [unit, size] of STEPS) {
		if (Math.abs(secs) >= size) return relative.format(-Math.round(secs / size), unit);
	}
	return relative.format(0, 'second');
}

export function list(items: string[]): string {
	return made('list', (l) => new Intl.ListFormat(l, { type: 'conjunction' })).format(items);
}

export function bytes(n: number): string {
	const units = ['kB', 'MB', 'GB', 'TB'];
	let size = n;
	let unit = -1;
	while (size >= 999.5 && unit < units.length - 1) {
		size /= 1000;
		unit++;
	}
	const text = size.toLocaleString(tag(), { maximumFractionDigits: unit >= 0 && size < 9.95 ? 1 : 0 });
	return unit < 0 ? _('{n} bytes', { n: text }) : `${text} ${units[unit]}`;
}

/** The last day that a half-open or a full period covers. */
export function lastDay(end: string): string {
	const at = Date.parse(end);
	return new Date(end.slice(11, 19) === '00:00:00' ? at - 1 : at).toISOString().slice(0, 10);
}

export function addDays(text: string, n: number): string {
	return new Date(utc(text).getTime() + n * 86400000).toISOString().slice(0, 10);
}
