// SPDX-License-Identifier: ISC
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { facts } from './build/facts.ts';
import { words } from './build/words.ts';

/** What comes with the first screen is one file; what only later screens need is not in it. */
const LATER = /src\/(?:panels\/|lib\/quarantine|screens\/(?!Overview)|parts\/(?:Palette|KeyHelp|Steps|HeatStrip|FailedDays|Timeline|FilterBar|Combobox|More|NoMatch|ViewTabs|ToolTabs|Empty)\.)/;

export default defineConfig({
	base: './',
	plugins: [svelte(), facts(), words()],
	build: {
		target: 'es2022',
		modulePreload: { polyfill: false },
		sourcemap: false,
		assetsInlineLimit: 0,
		reportCompressedSize: false,
		chunkSizeWarningLimit: 200,
		rolldownOptions: {
			output: {
				entryFileNames: 'assets/[name]-[hash].js',
				chunkFileNames: (chunk) => `assets/${chunk.facadeModuleId?.match(/virtual:words\/(.*)/)?.[1]?.replace('/', '-') ?? chunk.name.replace('.svelte', '')}-[hash].js`,
				codeSplitting: { groups: [{ name: 'core', test: (id) => !LATER.test(id) && !id.includes('virtual:words/') }] },
			},
		},
	},
});
