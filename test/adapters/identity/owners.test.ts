import { describe, expect, it } from 'vitest';
import { createOwnersDoor } from '../../../shared/adapters/identity/owners.ts';

const GROUP = '99999999-aaaa-bbbb-cccc-dddddddddddd';
const OTHER = '99999999-aaaa-bbbb-cccc-eeeeeeeeeeee';

/** The header as App Service authentication sets it. */
const headerOf = (claims: [typ: string, val: string][], auth_typ = 'aad'): string =>
  Buffer.from(
    JSON.stringify({
      auth_typ,
      name_typ: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
      role_typ: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
      claims: claims.map(([typ, val]) => ({ typ, val })),
    }),
  ).toString('base64');

const member = headerOf([
  ['name', 'Ada'],
  ['groups', OTHER],
  ['groups', GROUP.toUpperCase()],
]);

const open = createOwnersDoor({ ownersGroup: GROUP, signsIn: true });

describe('the door for owners', () => {
  it('lets in who is a member of the group, whatever the case of its id', () => {
    expect(open(member)).toBeUndefined();
  });

  it.each([
    ['no group is set', { ownersGroup: undefined, signsIn: true }],
    [
      'the platform signs nobody in, so that anybody could have written the header',
      { ownersGroup: GROUP, signsIn: false },
    ],
  ])('is closed to a member, too, where %s', (_, config) => {
    expect(createOwnersDoor(config)(member)).toMatchObject({ status: 404 });
  });

  it.each([
    ['nobody signed in', null],
    ['the header is empty', ''],
    ['the header is no JSON', Buffer.from('{').toString('base64')],
    ['the header is JSON of another shape', Buffer.from('{"claims":"groups"}').toString('base64')],
    [
      'another provider signed the caller in, whose groups are not ours',
      headerOf([['groups', GROUP]], 'github'),
    ],
  ])('asks for a sign-in where %s', (_, header) => {
    expect(open(header)).toMatchObject({ status: 401 });
  });

  it.each([
    ['of another group', [['groups', OTHER]]],
    ['of none', [['name', 'Ada']]],
    ['whose name is that of the group', [['name', GROUP]]],
    ['whose role is that of the group', [['roles', GROUP]]],
    ['of a group whose id only begins like it', [['groups', GROUP.slice(0, -1)]]],
  ] as [string, [string, string][]][])('refuses a member %s', (_, claims) => {
    expect(open(headerOf(claims))).toEqual({
      status: 403,
      message: 'you are no member of the group that may ask',
    });
  });

  it.each(['_claim_names', 'hasgroups'])(
    'says of a token with %s instead of groups what must be changed',
    (typ) => {
      expect(open(headerOf([[typ, '{"groups":"src1"}']]))).toMatchObject({
        status: 403,
        message: expect.stringContaining('too many'),
      });
    },
  );
});
