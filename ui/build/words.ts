// SPDX-License-Identifier: ISC
// A Vite plugin: gives each text of the sources its number, and makes two modules for each language out of po/*.po: the
// texts of the first load, and those of the other screens.  Fails on a text that the catalogues do not know, and on a call
// that it cannot read, so that nothing is ever shown untranslated by accident.
import fs from 'node:fs';
import path from 'node:path';
import MagicString from 'magic-string';
import type { Plugin } from 'vite';
import { parsePo, type PoEntry } from './po.ts';

const LANGUAGES = ['de', 'fr', 'pl', 'pt'];
const TOP = path.resolve(import.meta.dirname, '../..');
const CALLS: Record<string, number[]> = { _: [0], ngettext: [0, 1], pgettext: [0, 1] };
/** Sources whose texts are there before the first screen is. */
const CORE = /^ui\/src\/(?:[^/]+$|lib\/|parts\/|screens\/Overview\.svelte$)/;
const NEVER_CORE = /^ui\/src\/parts\/(?:Palette|KeyHelp|PeriodDialog)\.svelte$/;

type Node = { type: string; start: number; end: number; [key: string]: unknown };

function isCore(entry: PoEntry): boolean {
	return entry.places.some((place) => CORE.test(place) && !NEVER_CORE.test(place));
}

function readAll() {
	const catalogues = new Map(LANGUAGES.map((l) => [l, parsePo(fs.readFileSync(path.join(TOP, 'po', `${l}.po`), 'utf8'))]));
	const own = catalogues.get('de')!.entries.filter((e) => e.places.some((place) => place.startsWith('ui/')));
	const ordered = [...own.filter(isCore), ...own.filter((e) => !isCore(e))];
	return { catalogues, ordered, core: own.filter(isCore).length };
}

function* walk(node: unknown): Generator<Node> {
	if (Array.isArray(node)) {
		for (const item of node) yield* walk(item);
	} else if (node !== null && typeof node === 'object' && 'type' in node) {
		yield node as Node;
		for (const key of Object.keys(node)) if (key !== 'type') yield* walk((node as Node)[key]);
	}
}

function literal(node: Node | undefined): string | null {
	if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
	if (node?.type === 'TemplateLiteral' && (node.expressions as Node[]).length === 0)
		return ((node.quasis as Node[])[0]!.value as { cooked: string }).cooked;
	return null;
}

export function words(): Plugin {
	let all = readAll();
	const numbers = new Map(all.ordered.map((entry, i) => [entry.key, i]));

	function numberOf(file: string, key: string): number {
		const number = numbers.get(key);
		if (number === undefined) throw new Error(`${file}: "${key}" is in no catalogue: run 'make words' and translate it`);
		return number;
	}

	function texts(language: string, part: 'core' | 'more'): (string | string[])[] {
		const entries = part === 'core' ? all.ordered.slice(0, all.core) : all.ordered.slice(all.core);
		const catalogue = all.catalogues.get(language);
		const known = catalogue && new Map(catalogue.entries.map((e) => [e.key, e]));
		return entries.map((entry) => {
			if (!known) return entry.many === null ? entry.one : [entry.one, entry.many];
			const found = known.get(entry.key);
			// What waits for a translation is English; the tests do not let it land.
			if (!found || found.texts.some((t) => t === '')) return entry.many === null ? entry.one : [entry.one, entry.many];
			return found.many === null ? found.texts[0]! : found.texts;
		});
	}

	return {
		name: 'words',
		enforce: 'post',
		resolveId: (id) => (id.startsWith('virtual:words') ? `\0${id}` : null),
		load(id) {
			if (!id.startsWith('\0virtual:words')) return null;
			const rest = id.slice('\0virtual:words'.length);
			if (rest !== '') {
				const [, part, language] = rest.split('/');
				return `export default ${JSON.stringify(texts(language!, part as 'core' | 'more'))}`;
			}
			const tags = ['en', ...LANGUAGES];
			const rules = tags.map((t) => `${t}: (n) => Number(${t === 'en' ? 'n!=1' : all.catalogues.get(t)!.plural})`);
			const load = (part: string) =>
				`const ${part} = {${tags.map((t) => `${t}: () => import('virtual:words/${part}/${t}')`)}};\n`;
			return `export const languages = ${JSON.stringify(tags)};
export const pluralRules = {${rules.join(', ')}};
${load('core')}${load('more')}
export const loadCore = async (l) => (await core[l]()).default;
export const loadMore = async (l) => (await more[l]()).default;`;
		},
		transform(code, id) {
			const file = path.relative(TOP, id.split('?')[0]!);
			if (!/^ui\/src\/.*\.(?:svelte|ts)$/.test(file) || file.endsWith('.d.ts') || /[?&]type=style/.test(id)) return null;
			const out = new MagicString(code);
			for (const node of walk(this.parse(code))) {
				if (node.type !== 'CallExpression') continue;
				const callee = node.callee as Node;
				const wanted = callee.type === 'Identifier' ? CALLS[callee.name as string] : undefined;
				if (!wanted) continue;
				const args = node.arguments as Node[];
				const found = wanted.map((n) => literal(args[n]));
				if (found.some((text) => text === null)) throw new Error(`${file}: ${callee.name}() takes literals`);
				const key = callee.name === 'pgettext' ? `${found[0]}\u0004${found[1]}` : found[0]!;
				const at = callee.name === 'pgettext' ? 1 : 0;
				out.overwrite(args[at]!.start, args[at]!.end, String(numberOf(file, key)));
				if (callee.name === 'ngettext') out.overwrite(args[1]!.start, args[1]!.end, '0');
				if (callee.name === 'pgettext') out.overwrite(args[0]!.start, args[0]!.end, '0');
			}
			return out.hasChanged() ? { code: out.toString(), map: null } : null;
		},
		handleHotUpdate({ file }) {
			if (file.endsWith('.po')) all = readAll();
		},
	};
}
