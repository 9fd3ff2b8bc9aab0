// SPDX-License-Identifier: ISC
// What a screen reader is told without the focus moving.
export const said = $state({ text: '' });

export function say(text: string): void {
	said.text = text;
}
