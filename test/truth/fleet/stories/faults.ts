import type { Fault } from '../../../local/network/faults.ts';
import { story, UNHEARD } from '../story.ts';
import type { Hands, Story, Trouble } from '../story.ts';

/** Until what is returned is called. */
type Begin = (hands: Hands) => () => void;

const status = (of: 'Status' | 'error', code: number, reason: string): Fault => ({
  kind: 'status',
  status: code,
  body: JSON.stringify(
    of === 'Status'
      ? { kind: 'Status', status: 'Failure', reason, code }
      : { error: { code: reason, innererror: { code: 'ForbiddenByRbac' } } },
  ),
});

/** Of two runs: it begins before the first one, and is over before the third. */
function troubled(begin: Begin, trouble: Trouble | undefined, whatElse: (hands: Hands) => unknown) {
  let end = (): void => {};
  return [
    async (h: Hands) => {
      end = begin(h);
      h.trouble(trouble);
      await whatElse(h);
    },
    () => {},
    (h: Hands) => {
      end();
      h.trouble();
    },
  ];
}

/** What the API server of neu-1 answers in one namespace. */
const API: [name: string, about: string, fault: Fault, method: string | undefined, trouble: Trouble][] = [
  [
    'forbidden',
    'goes to a namespace where a RoleBinding is missing for a while',
    status('Status', 403, 'Forbidden'),
    undefined,
    { state: 'pending', reason: 'CLUSTER_FORBIDDEN' },
  ],
  [
    'refused',
    'is refused by an admission webhook of its cluster for a while',
    status('Status', 422, 'Invalid'),
    'PUT',
    { state: 'refused', reason: 'SECRET_INVALID' },
  ],
  [
    'contended',
    'is changed by somebody else at each of its writes for a while',
    status('Status', 409, 'Conflict'),
    'PUT',
    { state: 'pending', reason: 'CONFLICT' },
  ],
];

const API_STORIES = API.map(([name, about, fault, verb, trouble]) => {
  const begin: Begin = (h) =>
    h.cluster('neu-1').server.inject({
      fault,
      when: ({ method, path }) =>
        path.includes(`/namespaces/${name}/secrets`) && (verb === undefined || method === verb),
    });
  const steps = troubled(begin, trouble, (h) => h.rotate());
  return story(name, about, { clusters: ['neu-1'] }, (h) => h.rotate(), ...steps);
});

const inVault =
  (vault: string, fault: Fault, onlyLists = false): Begin =>
  (h) =>
    h.stack.vault.server.inject({
      fault,
      when: ({ headers, path }) =>
        String(headers['host']).startsWith(`${vault}.`) && (!onlyLists || path === '/secrets'),
    });

/** Vaults that serve nobody for a while, each its own. */
const VAULT: [vault: string, begin: Begin, reason: string][] = [
  ['shut', (h) => h.stack.vault.forbid('shut', 'firewall'), 'VAULT_FORBIDDEN'],
  ['busy', inVault('busy', { kind: 'status', status: 429 }), 'VAULT_THROTTLED'],
  ['failing', inVault('failing', { kind: 'status', status: 503 }), 'VAULT_UNAVAILABLE'],
  ['gone', inVault('gone', { kind: 'reset', when: 'before-headers' }), 'VAULT_UNAVAILABLE'],
];

const VAULT_STORIES = VAULT.flatMap(([vault, begin, reason]) => {
  const plot = { vault, clusters: ['neu-1'] };
  const heard = troubled(begin, { state: 'degraded', reason }, (h) => h.rotate());
  const unheard = troubled(
    () => () => {},
    UNHEARD,
    (h) => h.slip(),
  );
  return [
    story(
      `${vault}-heard`,
      `is rotated while vault ${vault} serves nobody, told by an event`,
      plot,
      (h) => h.rotate(),
      ...heard,
    ),
    story(
      `${vault}-unheard`,
      `is rotated while vault ${vault} serves nobody, without an event`,
      plot,
      (h) => h.rotate(),
      ...unheard,
    ),
  ];
});

const UNLISTED = status('error', 403, 'Forbidden');

/** Vaults that give each secret and no list: roles on single secrets. */
const LIST_STORIES: Story[] = [
  story(
    'listless',
    'lies in a vault that cannot be listed for a while: its events bring it, its runs do not',
    { vault: 'listless', clusters: ['neu-1'] },
    (h) => h.rotate(),
    ...troubled(inVault('listless', UNLISTED, true), undefined, (h) => h.rotate()),
  ),
  story(
    'listless-unheard',
    'is rotated without an event in a vault that cannot be listed',
    { vault: 'listless', clusters: ['neu-1'] },
    (h) => h.rotate(),
    ...troubled(
      () => () => {},
      UNHEARD,
      (h) => h.slip(),
    ),
  ),
  story(
    'named',
    'is named by its route, and so read by runs of a vault that cannot be listed',
    {
      vault: 'named',
      clusters: ['neu-1'],
      spec: { layout: 'explicit', name: 'pg', data: { password: { secret: 'named--pg--password' } } },
    },
    (h) => h.rotate(),
    ...troubled(inVault('named', UNLISTED, true), undefined, (h) => h.slip()),
  ),
];

/** Vaults and API servers that answer with something else for two runs. */
export const FAULT_STORIES: Story[] = [...API_STORIES, ...VAULT_STORIES, ...LIST_STORIES];

/** Vaults that stories keep away from everybody, and those that nobody can list. */
export const SHUT_VAULTS: readonly string[] = VAULT.map(([vault]) => vault);
export const UNLISTED_VAULTS: readonly string[] = ['listless'];
export const FAULTY_VAULTS: readonly string[] = [...SHUT_VAULTS, ...UNLISTED_VAULTS, 'named'];
