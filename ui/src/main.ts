// SPDX-License-Identifier: ISC
import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import * as router from './lib/router.svelte';
import * as session from './lib/session.svelte';
import { apply, settings } from './lib/settings.svelte';
import { choose, loadWords } from './lib/words.svelte';

apply();
const asked = new URLSearchParams(location.search).get('lang');
const words = loadWords(choose([asked ?? '', settings.language, ...navigator.languages]));
router.start();
await words;
void session.refresh();
mount(App, { target: document.getElementById('app')! });
