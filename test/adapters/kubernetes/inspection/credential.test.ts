import { describe, expect, it } from 'vitest';
import { readCredential } from '../../../../shared/adapters/kubernetes/inspection/credential.ts';
import { NEVER } from '../../../../shared/time.ts';
import { createAuthority } from '../../../local/network/authority.ts';

const jwt = (claims: unknown): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
const readToken = (token: string) => readCredential({ source: 'entra x', bearer: async () => token }, NEVER);
const namesOf = async (claims: unknown) => (await readToken(jwt(claims))).names;

describe('what a token says of itself', () => {
  it.each([
    ['its subject', { sub: 'pusher' }, 'pusher'],
    ['the object id of an identity', { oid: 'o-1', sub: 's-1' }, 'o-1'],
    ['a service account', { sub: 'system:serviceaccount:ns:name' }, 'system:serviceaccount:ns:name'],
    ['a claim behind a common prefix', { oid: 'o-1' }, 'entra:o-1'],
    ['a claim behind its issuer', { iss: 'https://i.example', sub: 's' }, 'https://i.example#s'],
  ])('is a name that an API server may give: %s', async (_, claims, name) => {
    expect(await namesOf(claims)).toContain(name);
  });

  it.each([
    ['another name', { sub: 'somebody' }],
    ['the beginning of a name', { sub: 'hunter' }],
    ['a longer name', { sub: 'hunter22' }],
    ['a name in a claim of no user', { nonce: 'hunter2', aud: 'hunter2' }],
    ['a number', { sub: 2 }],
    ['lines', { sub: 'x\nhunter2' }],
    ['nothing', null],
  ])('is no name that it does not say: %s', async (_, claims) => {
    expect(await namesOf(claims)).not.toContain('hunter2');
  });

  it.each(['hunter2', 'a.hunter2.c', '', '..'])('is nothing where it is no JWT: %j', async (token) => {
    expect(await readToken(token)).toEqual({ kind: 'entra x', expires: undefined, names: [] });
  });

  it('is when it ends', async () => {
    expect((await readToken(jwt({ exp: 1_700_000_000 }))).expires).toBe(1_700_000_000_000);
  });
});

describe('what a client certificate says of itself', () => {
  it('is its common name, and when it ends', async () => {
    const { cert, key } = await (await createAuthority()).issueClient('pusher', 'system:masters');
    const said = await readCredential({ certificate: cert, key }, NEVER);
    expect(said).toMatchObject({ kind: 'client certificate', names: ['pusher'] });
    expect(said.expires).toBeGreaterThan(Date.now());
  });
});
