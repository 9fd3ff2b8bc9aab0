// SPDX-License-Identifier: ISC
// The words and tones of what the server names by keyword.  A keyword that is newer than this application is shown as it is.
import { _, pgettext } from './words.svelte';

export type Tone = 'ok' | 'fail' | 'warn' | 'test' | 'none';
export interface State {
	tone: Tone;
	text: string;
}

export function severity(keyword: string | null): State {
	switch (keyword) {
		case 'critical': return { tone: 'fail', text: _('Critical') };
		case 'warning': return { tone: 'warn', text: _('Warning') };
		case 'notice': return { tone: 'none', text: _('Notice') };
		case 'ok': return { tone: 'ok', text: _('In order') };
		default: return { tone: 'none', text: keyword ?? '' };
	}
}

export function verdict(keyword: string): State {
	switch (keyword) {
		case 'action-needed': return { tone: 'fail', text: _('Action needed') };
		case 'at-risk': return { tone: 'warn', text: _('At risk') };
		case 'all-clear': return { tone: 'ok', text: _('All clear') };
		case 'waiting': return { tone: 'none', text: _('Waiting for reports') };
		case 'stopped': return { tone: 'warn', text: _('Reports stopped') };
		case 'cannot-tell': return { tone: 'none', text: _('Cannot tell') };
		default: return { tone: 'none', text: keyword };
	}
}

export function domainState(keyword: string): State {
	switch (keyword) {
		case 'failing': return { tone: 'fail', text: _('Failing') };
		case 'at-risk': return { tone: 'warn', text: _('At risk') };
		case 'ok': return { tone: 'ok', text: _('Clean') };
		case 'waiting': return { tone: 'none', text: pgettext('state of a domain', 'Waiting') };
		case 'silent': return { tone: 'warn', text: pgettext('state of a domain', 'Silent') };
		case 'paused': return { tone: 'none', text: pgettext('state of a domain', 'Paused') };
		default: return { tone: 'none', text: keyword };
	}
}

/** Of MTA-STS. */
export function mode(keyword: string | null): State {
	switch (keyword) {
		case 'enforce': return { tone: 'ok', text: pgettext('mode of MTA-STS', 'Enforce') };
		case 'testing': return { tone: 'test', text: pgettext('mode of MTA-STS', 'Testing') };
		default: return { tone: 'none', text: pgettext('mode of MTA-STS', 'None') };
	}
}

export function issueState(keyword: string): string {
	switch (keyword) {
		case 'open': return pgettext('state of an issue', 'Open');
		case 'acknowledged': return pgettext('state of an issue', 'Acknowledged');
		case 'snoozed': return pgettext('state of an issue', 'Snoozed');
		case 'closed': return pgettext('state of an issue', 'Closed');
		default: return keyword;
	}
}

export function fault(keyword: string): string {
	switch (keyword) {
		case 'receiver': return _('Your server');
		case 'dns': return _('Your DNS');
		case 'policy-host': return _('Your policy host');
		case 'sender': return _('The sender');
		default: return _('Cannot tell');
	}
}

export function confidence(keyword: string): string {
	switch (keyword) {
		case 'confirmed': return _('Confirmed by our check');
		case 'several-reporters': return _('Several reporters agree');
		case 'one-reporter': return _('One reporter only');
		case 'not-seen-by-us': return _('Cannot be seen from here');
		default: return keyword;
	}
}

export function policyType(keyword: string | null): string {
	switch (keyword) {
		case 'sts': return 'MTA-STS';
		case 'tlsa': return 'DANE';
		case 'no-policy-found': return _('no policy');
		default: return keyword ?? _('not stated');
	}
}

/** "MTA-STS enforce", "DANE". */
export function policy(type: string | null, modeKeyword: string | null): string {
	return type === 'sts' && modeKeyword ? `MTA-STS ${modeKeyword}` : policyType(type);
}

export function door(keyword: string): string {
	switch (keyword) {
		case 'smtp': case 'lmtp': return pgettext('the way a report came', 'mail');
		case 'http': return 'HTTPS';
		case 'file': case 'import': return pgettext('the way a report came', 'file');
		default: return keyword;
	}
}

export function trust(keyword: string): string {
	switch (keyword) {
		case 'operator': return _('given by the operator');
		case 'signed': return _('signed by the reporter');
		case 'secret': return _('came to a secret address');
		case 'signed-other': return _('signed by somebody else');
		case 'unsigned': return _('not signed');
		case 'pending': return _('signature not checked yet');
		default: return keyword;
	}
}

/** What became of a message to a channel. */
export function delivery(keyword: string): string {
	switch (keyword) {
		case 'waiting': return pgettext('outcome of a message', 'waits for its hour');
		case 'queued': return pgettext('outcome of a message', 'under way');
		case 'delivered': return pgettext('outcome of a message', 'delivered');
		case 'failed': return pgettext('outcome of a message', 'failed');
		case 'merged': return pgettext('outcome of a message', 'in a digest');
		case 'suppressed': return pgettext('outcome of a message', 'not sent');
		default: return keyword;
	}
}
