// SPDX-License-Identifier: ISC
// The first screen leaves the focus where the browser put it; each later one takes it.
let screens = 0;

export function isFirstScreen(): boolean {
	return screens++ === 0;
}
