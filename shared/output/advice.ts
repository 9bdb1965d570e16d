import { type Code, CODES } from '../errors.ts';
import { grantRole } from '../status/vault-role.ts';
import type { TargetStatus } from '../status/target.ts';
import { present } from './fields.ts';
import type { Output } from './json-schema.ts';

type Turn = Output<'Problem'>['status']['turn'];

/** Names that a command may be told; what is not known is shown as a word in capitals, for people to fill in. */
interface Known {
  cluster?: string | undefined;
  namespace?: string | undefined;
  name?: string | undefined;
  route?: string | undefined;
  vault?: string | undefined;
  secret?: string | undefined;
  run?: string | undefined;
  /** As `vaultcast ack` takes it. */
  problem?: string | undefined;
  /** The command that gives the role which the vault asks for. */
  grant?: string | undefined;
}

interface Advice {
  /** Whose turn it is while something is outstanding. */
  turn: Turn;
  /** The command that helps, or that shows what to do first; `{cluster}` is filled in. */
  help?: string;
  /** Instead of it where nobody knows which secret is meant. */
  anySecret?: string;
}

const nobody: Advice = { turn: 'nobody' };
const explain = 'vaultcast explain {secret}';
const check = 'vaultcast check {cluster}';
const goesOn = (help: string): Advice => ({ turn: 'vaultcast', help });
const platform = (help: string): Advice => ({ turn: 'platform', help });
const owner = (help: string): Advice => ({ turn: 'secret-owner', help });

/** Of every code: the same on every screen, and what the runbook says in its entry. */
const ADVICE: Readonly<Record<Code, Advice>> = {
  DELIVERED: nobody,
  UNCHANGED: nobody,
  SUPERSEDED: nobody,
  REMOVED: nobody,
  EVENT_IGNORED: nobody,
  NO_ROUTE: platform(explain),
  PAUSED: platform('vaultcast get route {route} -o yaml'),
  QUEUED: goesOn(explain),
  SCHEDULED: nobody,
  PLANNED: goesOn('vaultcast reconcile --cluster {cluster}'),
  RUN_DONE: nobody,
  NEAR_EXPIRY: owner('az keyvault secret set --vault-name {vault} --name {secret} --file FILE'),
  EXPIRED: owner('az keyvault secret set --vault-name {vault} --name {secret} --file FILE'),
  SOURCE_DISABLED: owner(
    'az keyvault secret set-attributes --vault-name {vault} --name {secret} --enabled true',
  ),
  SOURCE_DELETED: owner('az keyvault secret recover --vault-name {vault} --name {secret}'),
  SOURCE_MISSING: owner('az keyvault secret set --vault-name {vault} --name {secret} --file FILE'),
  SOURCE_NOT_YET_VALID: { turn: 'nobody', help: explain },
  EVENT_REJECTED: platform('az eventgrid system-topic list'),
  BAD_NAME: owner('az keyvault secret list --vault-name {vault}'),
  BAD_ROW: platform('vaultcast apply -f FILE'),
  BAD_SETTING: platform('az functionapp config appsettings list'),
  BAD_MESSAGE: platform('vaultcast ack {problem}'),
  NOT_ACCEPTED: {
    turn: 'namespace-owner',
    help: 'vaultcast namespace {namespace} --accept PREFIX--',
  },
  NAMESPACE_MISSING: { turn: 'namespace-owner', help: 'kubectl create namespace {namespace}' },
  NOT_OURS: {
    turn: 'namespace-owner',
    help: 'kubectl get secret {name} -n {namespace} --show-managed-fields -o yaml',
  },
  COLLISION: platform('vaultcast get routes'),
  RENDER_REFUSED: platform('vaultcast render {route}'),
  SECRET_INVALID: platform(check),
  CLUSTER_NOT_ALLOWED: platform(check),
  CLUSTER_CREDENTIAL: platform(check),
  KEY_ORPHANED: nobody,
  ORPHANED: { turn: 'namespace-owner', help: 'kubectl delete secret {name} -n {namespace}' },
  REMOVAL_HELD: platform('vaultcast reconcile --cluster {cluster} --confirm-removals {run}'),
  CONFLICT: goesOn(explain),
  STALE_READ: goesOn('vaultcast push {secret} --accept-older'),
  OUT_OF_TIME: goesOn(explain),
  VAULT_THROTTLED: goesOn('vaultcast plan'),
  VAULT_FORBIDDEN: platform('{grant}'),
  VAULT_SLOW: goesOn(explain),
  VAULT_UNAVAILABLE: goesOn('vaultcast plan'),
  TOKEN_UNAVAILABLE: platform('az functionapp identity show'),
  CLUSTER_UNREACHABLE: goesOn(check),
  CLUSTER_TLS: platform(check),
  CLUSTER_TIMEOUT: goesOn(check),
  CLUSTER_UNAUTHORIZED: platform(check),
  CLUSTER_FORBIDDEN: platform(check),
  CLUSTER_THROTTLED: goesOn(check),
  CLUSTER_FAILED: goesOn(check),
  CLUSTER_BACKOFF: goesOn(check),
  REGISTRY_UNAVAILABLE: goesOn('vaultcast get clusters'),
  STATUS_UNAVAILABLE: goesOn('vaultcast get problems'),
  QUEUE_UNAVAILABLE: goesOn('vaultcast get problems'),
  INTERNAL: platform('vaultcast explain {secret}'),
  SETTINGS_REFUSED: platform('az functionapp config appsettings list'),
  GAVE_UP: {
    ...platform('vaultcast push {secret}'),
    anySecret: 'vaultcast reconcile --cluster {cluster}',
  },
  RUN_INCOMPLETE: platform('vaultcast get runs {run}'),
  APP_STARTED: nobody,
  QUEUE_LENGTH: goesOn('vaultcast get problems'),
  SETTING_WARNING: platform('az functionapp config appsettings list'),
  RUN_MISSED: platform('vaultcast reconcile'),
};

/** What no shell takes for more than a word, and no command for an option. */
const WORD = /^(?:[A-Za-z0-9][\w.:/-]*|'[A-Za-z0-9][\w .:/-]*')$/;

/** Whose turn it is after this code, and the command that helps. */
export function adviceOf(
  code: Code,
  { grant = grantRole(''), ...names }: Known,
): { turn: Turn; help: string | undefined } {
  const { turn, help: usual, anySecret = usual } = ADVICE[code];
  const help = WORD.test(names.secret ?? '') ? usual : anySecret;
  // Ours, and the only one that may be more than a word.
  return {
    turn,
    help: help
      ?.replace('{grant}', grant)
      .replaceAll(/\{(\w+)\}/g, (_, field: string) => filled(field, names)),
  };
}

/** People copy these lines into a shell, and rows may hold anything for a name: one that can be none is not filled in. */
function filled(field: string, names: Readonly<Record<string, string | undefined>>): string {
  const value = names[field] ?? '';
  return WORD.test(value) ? value : field.toUpperCase();
}

/** The same of a row: while nothing is outstanding, nobody has to do anything. */
export function adviceOn(
  row: TargetStatus,
  names: Known,
): Pick<Output<'Problem'>['status'], 'turn' | 'help'> {
  if (row.state === 'synced') return { turn: 'nobody' };
  const { turn, help } = adviceOf(row.code, { ...names, grant: grantRole(row.message) });
  return { turn: turnOf(row, turn), ...present({ help }) };
}

/** What failed for a day does not get well by itself; what is tried again needs nobody yet. */
function turnOf({ state, code, nextRetry }: TargetStatus, turn: Turn): Turn {
  if (state === 'failed' && turn === 'vaultcast') return 'platform';
  const isWaiting = state === 'pending' && nextRetry > 0 && CODES[code].level !== 'error';
  return isWaiting ? 'vaultcast' : turn;
}
