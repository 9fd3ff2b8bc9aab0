// SPDX-License-Identifier: ISC
// Names in A-labels as people write them (RFC 3492), where the result is one script plain to see; else as they are.
const BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700;

function adapt(delta: number, points: number, isFirst: boolean): number {
	let k = 0;
	delta = isFirst ? Math.floor(delta / DAMP) : delta >> 1;
	for (delta += Math.floor(delta / points); delta > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) delta = Math.floor(delta / (BASE - T_MIN));
	return k + Math.floor(((BASE - T_MIN + 1) * delta) / (delta + SKEW));
}

function decode(label: string): string | null {
	const out: number[] = [];
	const end = label.lastIndexOf('-');
	for (let i = 0; i < end; i++) out.push(label.charCodeAt(i));
	let n = 128, bias = 72, at = 0;
	for (let i = end + 1; i < label.length; ) {
		const old = at;
		for (let weight = 1, k = BASE; ; k += BASE) {
			const c = label.charCodeAt(i++);
			const digit = c >= 97 && c <= 122 ? c - 97 : c >= 48 && c <= 57 ? c - 22 : BASE;
			if (digit >= BASE || weight > 0x7fffffff) return null;
			at += digit * weight;
			const t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
			if (digit < t) break;
			weight *= BASE - t;
		}
		bias = adapt(at - old, out.length + 1, old === 0);
		n += Math.floor(at / (out.length + 1));
		at %= out.length + 1;
		if (n > 0x10ffff || (n >= 0xd800 && n < 0xe000) || out.length > 63) return null;
		out.splice(at++, 0, n);
	}
	return String.fromCodePoint(...out);
}

/** Only Latin with marks is shown decoded: what could be taken for another name stays in A-labels. */
const PLAIN = /^[a-z0-9-]*(?:[\u00df-\u00f6\u00f8-\u017e][a-z0-9-]*)+$/u;

export function shownName(domain: string): string {
	if (!domain.includes('xn--')) return domain;
	return domain.split('.').map((label) => {
		const text = label.startsWith('xn--') ? decode(label.slice(4)) : null;
		return text !== null && PLAIN.test(text) ? text : label;
	}).join('.');
}
