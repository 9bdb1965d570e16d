/** A row of the grammar of `vaultcast.dev/accept`: whether a namespace with this annotation accepts this secret. */
export interface AcceptCase {
  name: string;
  /** undefined: the namespace has no such annotation. */
  annotation: string | undefined;
  /** Alias of the secret's vault. */
  vault: string;
  secret: string;
  accepted: boolean;
}

const inTeam = (
  name: string,
  annotation: string | undefined,
  secret: string,
  accepted: boolean,
): AcceptCase => ({ name, annotation, vault: 'team', secret, accepted });

const PG = 'app-1--postgres972--connectionstring';

/** One table for both readers of the grammar: vaultcast's own check and the admission policy on the API server. */
export const acceptCases: readonly AcceptCase[] = [
  inTeam('a missing annotation accepts nothing', undefined, PG, false),
  inTeam('an empty annotation accepts nothing', '', PG, false),
  inTeam('a blank annotation accepts nothing', ' \t ', PG, false),
  inTeam('a prefix accepts the secrets below it', 'app-1--', PG, true),
  inTeam('a longer prefix accepts the secrets below it', 'app-1--postgres972--', PG, true),
  inTeam('a longer prefix accepts nothing beside it', 'app-1--postgres--', PG, false),
  inTeam('a prefix does not accept a name that only begins alike', 'app-1--', 'app-10--pg', false),
  inTeam('a prefix does not accept a name with a single hyphen', 'app-1--', 'app-1-pg', false),
  inTeam('a prefix does not accept its own first segment', 'app-1--', 'app-1', false),
  inTeam('a prefix that lacks its delimiter is a whole name', 'app-1', PG, false),
  inTeam('a prefix with a single hyphen at its end is a whole name', 'app-1-', PG, false),
  inTeam('a whole name accepts that secret', 'app-6--pg--password', 'app-6--pg--password', true),
  inTeam('a whole name accepts no longer name', 'app-6--pg--password', 'app-6--pg--password-admin', false),
  inTeam('a whole name accepts no name below it', 'app-6--pg', 'app-6--pg--password', false),
  inTeam('a name of one segment accepts that secret', 'token', 'token', true),
  inTeam('the delimiter alone accepts no routable name', '--', PG, false),
  inTeam('a later entry counts, too', 'app-9--,app-1--', PG, true),
  inTeam('a trailing comma accepts nothing more', 'app-4--,', PG, false),
  inTeam('a trailing comma does not spoil the entry before it', 'app-4--,', 'app-4--pg', true),
  inTeam('a leading comma does not spoil the entry after it', ',app-4--', 'app-4--pg', true),
  inTeam('commas alone accept nothing', ',,,', PG, false),
  inTeam('10 kB of commas accept nothing', ','.repeat(10_000), PG, false),
  inTeam('blanks around an entry do not count', '  app-9-- ,\tapp-1--\n', PG, true),
  inTeam('blanks within an entry make it accept nothing', 'app-1-- app-9--', PG, false),
  inTeam('a blank after the vault makes the entry accept nothing', 'team/ app-1--', PG, false),
  inTeam('a no-break space is no blank', '\u00a0app-1--', PG, false),
  inTeam('upper case counts as lower case', 'APP-1--', PG, true),
  inTeam('upper case in the vault counts as lower case', 'Team/App-1--', PG, true),
  inTeam('a Kelvin sign is no k', 'app-\u212a--', 'app-k--pg', false),
  inTeam('an entry of the vault accepts its secrets', 'team/app-1--', PG, true),
  inTeam('an entry of the vault accepts a whole name', 'team/token', 'token', true),
  {
    name: 'an entry of one vault accepts nothing of another',
    annotation: 'team/app-1--',
    vault: 'other',
    secret: PG,
    accepted: false,
  },
  {
    name: 'an entry without a vault accepts every vault',
    annotation: 'app-1--',
    vault: 'other',
    secret: PG,
    accepted: true,
  },
  {
    name: 'a second entry may name another vault',
    annotation: 'team/app-1--,other/app-1--',
    vault: 'other',
    secret: PG,
    accepted: true,
  },
  {
    name: 'a vault is compared whole',
    annotation: 'team/app-1--',
    vault: 'team-2',
    secret: PG,
    accepted: false,
  },
  inTeam('an alias of two characters makes the entry accept nothing', 'te/app-1--', PG, false),
  inTeam('an alias of 25 characters makes the entry accept nothing', `${'t'.repeat(25)}/app-1--`, PG, false),
  inTeam('an empty vault makes the entry accept nothing', '/app-1--', PG, false),
  inTeam('two slashes make the entry accept nothing', 'team/team/app-1--', PG, false),
  inTeam('a vault without a name accepts nothing', 'team/', PG, false),
  inTeam('a star is no wildcard', '*', PG, false),
  inTeam('a star in a prefix makes the entry accept nothing', 'app-*--', PG, false),
  inTeam('a dot is no wildcard', 'app.1--', PG, false),
  inTeam('an underscore makes the entry accept nothing', 'app_1--', 'app_1--pg', false),
  inTeam('quotes make the entry accept nothing', '"app-1--"', PG, false),
  inTeam('an invalid entry does not spoil its neighbour', 'app_9--,app-1--', PG, true),
  inTeam('a semicolon separates nothing', 'app-9--;app-1--', PG, false),
  inTeam('a line break separates nothing', 'app-9--\napp-1--', PG, false),
];
