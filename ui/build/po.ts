// SPDX-License-Identifier: ISC
// Reads the .po files as po/update writes them, and nothing else: a line that it does not know is an error.
export interface PoEntry {
	key: string; // the context, U+0004, and the English text
	one: string;
	many: string | null;
	texts: string[];
	places: string[];
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', '\\': '\\', '"': '"' };

function unescape(text: string): string {
	return text.replace(/\\(.)/g, (whole, c: string) => ESCAPES[c] ?? whole);
}

export function parsePo(text: string): { entries: PoEntry[]; plural: string } {
	const entries: PoEntry[] = [];
	let plural = 'n!=1';
	for (const block of text.split(/\n\n+/)) {
		const entry: PoEntry = { key: '', one: '', many: null, texts: [], places: [] };
		let context: string | null = null;
		let add: (more: string) => void = () => {};
		let isFuzzy = false;
		for (const line of block.split('\n')) {
			if (line.startsWith('#,') && line.includes('fuzzy')) isFuzzy = true;
			if (line.startsWith('#: ')) entry.places.push(line.slice(3));
			if (line.startsWith('#') || line === '') continue;
			const match = /^(?:(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d)\])? )?"(.*)"$/.exec(line);
			if (!match) throw new Error(`po: not a line of a catalogue: ${line}`);
			const value = unescape(match[3]!);
			switch (match[1]) {
				case 'msgctxt': context = value; break;
				case 'msgid': entry.one = value; add = (m) => { entry.one += m; }; break;
				case 'msgid_plural': entry.many = value; add = (m) => { entry.many += m; }; break;
				case 'msgstr': {
					const at = Number(match[2] ?? 0);
					entry.texts[at] = value;
					add = (m) => { entry.texts[at] += m; };
					break;
				}
				default: add(value);
			}
		}
		if (entry.one === '') {
			plural = /plural=([^;]*);/.exec(entry.texts[0] ?? '')?.[1]?.trim() ?? plural;
			continue;
		}
		entry.key = context === null ? entry.one : `${context}\u0004${entry.one}`;
		if (isFuzzy) entry.texts = entry.texts.map(() => '');
		entries.push(entry);
	}
	if (!/^[n\d\s()!=<>%&|?:]+$/.test(plural)) throw new Error(`po: no plural rule: ${plural}`);
	return { entries, plural };
}
