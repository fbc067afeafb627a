// A real OpenID Connect provider for tests: node provider.mjs PORT CLIENT SECRET REDIRECT ALG
//
// Its own sign-in pages take any name and no password. It prints "ready" when it listens.
import Provider from 'oidc-provider';
import { generateKeyPairSync } from 'node:crypto';

const [portText, client, secret, redirect, algorithm] = process.argv.slice(2);
const port = Number(portText);
const key = (alg, options, kid) => ({ ...generateKeyPairSync(options[0], options[1]).privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid });
const jwks = {
  keys: [
    key('RS256', ['rsa', { modulusLength: 2048 }], 'r'),
    key('PS256', ['rsa', { modulusLength: 2048 }], 'p'),
    key('ES256', ['ec', { namedCurve: 'P-256' }], 'e'),
  ],
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks,
  clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect], grant_types: ['authorization_code'], response_types: ['code'], id_token_signed_response_alg: algorithm }],
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256'] },
  claims: { openid: ['sub'], profile: ['preferred_username'] },
  conformIdTokenClaims: false,
  pkce: { methods: ['S256'], required: () => true },
  findAccount: async (context, id) => ({ accountId: id, claims: async () => ({ sub: id, preferred_username: id }) }),
  cookies: { keys: ['test'] },
  features: { devInteractions: { enabled: true } },
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));
