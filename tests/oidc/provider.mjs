// SPDX-License-Identifier: ISC
// npm's oidc-provider with its own pages for development: whoever is named is let in.  Arguments: port, client, its secret, the
// address to come back to.  POST /test/algorithm/NAME says how tokens are signed from now on.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [port, client, secret, redirect] = process.argv.slice(2);
const key = (kind, options, more) => ({ ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...more });
const keys = [
	key('rsa', { modulusLength: 2048 }, { kid: 'rsa' }),
	key('ec', { namedCurve: 'P-256' }, { kid: 'p256' }),
	key('ed25519', undefined, { kid: 'ed', alg: 'EdDSA' }),
];
const provider = (algorithm) =>
	new Provider(`http://127.0.0.1:${port}`, {
		clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect], grant_types: ['authorization_code'], response_types: ['code'], id_token_signed_response_alg: algorithm }],
		jwks: { keys },
		enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
		claims: { openid: ['sub'], profile: ['preferred_username', 'name', 'groups'] },
		conformIdTokenClaims: false,
		pkce: { required: () => true },
		cookies: { keys: ['test'] },
		findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id, name: `Name of ${id}`, groups: [id.split('-')[0]] }) }),
	});
let now = provider('RS256').callback();
createServer((request, answer) => {
	const wanted = /^\/test\/algorithm\/(\w+)$/.exec(request.url);
	if (!wanted) return now(request, answer);
	now = provider(wanted[1]).callback();
	answer.end();
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
