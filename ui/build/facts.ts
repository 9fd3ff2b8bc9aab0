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

export function facts(): Plugin {
	return {
		name: 'facts',
		resolveId: (id) => (id === 'virtual:reporters' ? `\0${id}` : null),
		load: (id) => (id === '\0virtual:reporters' ? `export default ${JSON.stringify(reporters())}` : null),
	};
}
