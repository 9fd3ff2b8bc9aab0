// SPDX-License-Identifier: ISC
// What this browser remembers: looks, density, language, and whether single keys do something.
export type Theme = 'system' | 'light' | 'dark';
export interface Settings {
	theme: Theme;
	density: 'comfortable' | 'compact';
	language: string;
	keys: boolean;
	/** The one tenant to show, for somebody who sees several; 0: all of them. */
	tenant: number;
}

const NAME = 'mailseal';
const initial: Settings = { theme: 'system', density: 'comfortable', language: '', keys: true, tenant: 0 };

function read(): Settings {
	try {
		return { ...initial, ...(JSON.parse(localStorage.getItem(NAME) ?? '{}') as Partial<Settings>) };
	} catch {
		return { ...initial };
	}
}

export const settings = $state<Settings>(read());

export function apply(): void {
	const root = document.documentElement;
	if (settings.theme === 'system') delete root.dataset.theme;
	else root.dataset.theme = settings.theme;
	root.dataset.density = settings.density;
	try {
		localStorage.setItem(NAME, JSON.stringify(settings));
	} catch {
		// a browser that keeps nothing still shows everything
	}
}
