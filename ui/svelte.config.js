// SPDX-License-Identifier: ISC
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default {
	preprocess: vitePreprocess(),
	compilerOptions: { runes: true },
	// What the compiler warns of (most of it is access for everybody) ends the build.
	onwarn(warning) {
		throw new Error(`${warning.filename}:${warning.start?.line}: ${warning.code}: ${warning.message}`);
	},
};
