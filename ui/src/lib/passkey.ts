// SPDX-License-Identifier: ISC
// WebAuthn, between the browser and the API; all bytes travel as base64url.
import { api, change } from './client';
import type { PasskeyOffer, PasskeyQuestion, SignedIn } from './types';

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
	const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
	return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
	return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

export function hasPasskeys(): boolean {
	return typeof PublicKeyCredential !== 'undefined';
}

export async function signInByPasskey(): Promise<SignedIn> {
	const question = await change<PasskeyQuestion>('POST', api('sign-in/passkey/options'));
	const found = (await navigator.credentials.get({
		publicKey: {
			challenge: bytesOf(question.challenge), rpId: question.rp_id, timeout: question.timeout_secs * 1000,
			userVerification: question.user_verification as UserVerificationRequirement,
		},
	})) as PublicKeyCredential;
	const answer = found.response as AuthenticatorAssertionResponse;
	return change<SignedIn>('POST', api('sign-in/passkey'), {
		id: textOf(found.rawId), client_data: textOf(answer.clientDataJSON), authenticator_data: textOf(answer.authenticatorData), signature: textOf(answer.signature),
		...(answer.userHandle ? { user_handle: textOf(answer.userHandle) } : {}),
	});
}

export async function addPasskey(label: string): Promise<void> {
	const offer = await change<PasskeyOffer>('POST', api('me/passkeys/options'));
	const made = (await navigator.credentials.create({
		publicKey: {
			challenge: bytesOf(offer.challenge), rp: { id: offer.rp_id, name: offer.rp_name },
			user: { id: bytesOf(offer.user_handle), name: offer.user_name, displayName: offer.user_display_name || offer.user_name },
			pubKeyCredParams: offer.algorithms.map((alg) => ({ type: 'public-key' as const, alg })),
			excludeCredentials: offer.exclude.map((id) => ({ type: 'public-key' as const, id: bytesOf(id) })),
			authenticatorSelection: { userVerification: offer.user_verification as UserVerificationRequirement, residentKey: offer.resident_key as ResidentKeyRequirement },
			attestation: offer.attestation as AttestationConveyancePreference, timeout: offer.timeout_secs * 1000,
		},
	})) as PublicKeyCredential;
	const answer = made.response as AuthenticatorAttestationResponse;
	await change('POST', api('me/passkeys'), { label, client_data: textOf(answer.clientDataJSON), attestation: textOf(answer.attestationObject) });
}
