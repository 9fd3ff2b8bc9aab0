// SPDX-License-Identifier: ISC
declare module 'virtual:words' {
	export const languages: string[];
	export const pluralRules: Record<string, (n: number) => number>;
	export function loadCore(language: string): Promise<(string | string[])[]>;
	export function loadMore(language: string): Promise<(string | string[])[]>;
}

declare module 'virtual:reporters' {
	const names: Record<string, string>;
	export default names;
}

declare module 'virtual:contract' {
	const paths: Set<string>;
	export default paths;
}
