// SPDX-License-Identifier: ISC
// Reporters that everybody knows by a name; others are called by their domain, as it was verified or claimed.
import names from 'virtual:reporters';

export function reporterName(domain: string | null | undefined, organization?: string | null): string {
	if (!domain) return organization ?? '';
	for (let rest = domain; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1)) {
		const name = names[rest];
		if (name) return name;
	}
	return domain;
}
