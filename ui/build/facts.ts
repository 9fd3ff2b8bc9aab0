// SPDX-License-Identifier: ISC
// The flat lists of src/facts that the application needs as well, read out of the C headers: one list, many uses.
import fs from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

const FACTS = path.resolve(import.meta.dirname, '../../src/facts');

function reporters(): Record<string, string> {
	const text = fs.readFileSync(path.join(FACTS, 'reporters.h'), 'utf8');
	const found = [...text.matchAll(/X\("([^"]+)", "([^"]+)",/g)].map((m) => [m[1]!, m[2]!] as const);
	if (found.length < 10) throw new Error('facts: src/facts/reporters.h is not as expected');
	return Object.fromEntries(found);
}

/** The paths of the contract: what this server does not answer is on no screen. */
function paths(): string[] {
	const text = fs.readFileSync(path.resolve(FACTS, '../../docs/openapi.yaml'), 'utf8');
	const found = [...text.matchAll(/^ {2}(\/[^\s:]*):$/gm)].map((m) => m[1]!);
	if (!found.includes('/meta')) throw new Error('facts: docs/openapi.yaml is not as expected');
	return found;
}

export function facts(): Plugin {
	return {
		name: 'facts',
		resolveId: (id) => (id === 'virtual:reporters' || id === 'virtual:contract' ? `\0${id}` : null),
		load(id) {
			if (id === '\0virtual:reporters') return `export default ${JSON.stringify(reporters())}`;
			if (id === '\0virtual:contract') return `export default new Set(${JSON.stringify(paths())})`;
			return null;
		},
	};
}
