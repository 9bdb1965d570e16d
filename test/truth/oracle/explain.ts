import type { SecretTarget } from '../../../shared/output/schema.ts';
import type { Output } from '../../../shared/output/json-schema.ts';
import type { Truth } from './expected.ts';
import type { TrueSource } from './world.ts';

export interface Explained {
  /** The exit code; undefined of an answer over HTTP. */
  code?: number | undefined;
  document: Output<'SecretStatus'>;
}

/** What is so of a secret. */
interface About {
  secret: string;
  source: TrueSource;
  /** Whether the person may look into the vault. */
  isOpen: boolean;
}

/** What an explanation says that is not so, of the secret and of each of its targets. */
export function untrueExplanation(
  { code, document }: Explained,
  truths: readonly Truth[],
  about: About,
): string[] {
  const { status } = document;
  const wanted = truths.filter(({ goal, target }) => goal.claim !== 'unclaimed' || target.live === 'ours');
  const said = new Map(
    status.targets.map((one) => [placeOf({ ...one.metadata, route: one.spec.route ?? '' }), one]),
  );
  const untrue = wanted.flatMap((truth) => {
    const found = said.get(placeOf(truth.goal));
    said.delete(placeOf(truth.goal));
    const what = found === undefined ? ['is not named'] : untrueTarget(found, truth, about);
    return what.map((one) => `${placeOf(truth.goal)} ${one}`);
  });
  const isWell = status.arrived && status.targets.every((target) => target.status.state === 'synced');
  return [
    ...untrueVault(
      status.vault,
      truths.some(({ target }) => target.live === 'ours'),
      about,
    ),
    ...untrueArrival(status.arrived, wanted, about),
    ...(code === undefined || code === (isWell ? 0 : 2) ? [] : [`exit code ${code}`]),
    ...untrue,
    ...[...said.keys()].map((place) => `${place} is named; it is no target`),
  ].map((what) => `${code === undefined ? '/api/status?secret=' : 'explain '}${about.secret}: ${what}`);
}

type Place = Pick<Truth['goal'], 'cluster' | 'namespace' | 'name' | 'route'>;

function placeOf({ cluster, namespace, name, route }: Place): string {
  return `${cluster}/${namespace}/${name} of ${route}`;
}

function untrueVault(
  { state, version }: Output<'SecretStatus'>['status']['vault'],
  stands: boolean,
  { source, isOpen }: About,
): string[] {
  if (!isOpen) return state === 'unknown' ? [] : [`says ${state} of a vault that it may not see`];
  const isSame = state === source.state || (source.state === 'deleted' && !stands && state === 'missing');
  return isSame && version === source.latest
    ? []
    : [`the vault is ${state} ${version}; true: ${source.state} ${source.latest}`];
}

/** Every target holds what it should, as bytes in its cluster. */
function untrueArrival(said: boolean, truths: readonly Truth[], { secret, source, isOpen }: About): string[] {
  const has = ({ goal, target }: Truth): boolean => {
    const versions = standingOf({ goal, target }, secret);
    const holds = isOpen ? versions.some((one) => holdsDue(one, source)) : versions.length > 0;
    return target.live === 'ours' && goal.claim !== 'unclaimed' && goal.claim !== 'rival' && holds;
  };
  const isTrue = truths.length > 0 && truths.every(has);
  return said === isTrue ? [] : [`says arrived: ${said}`];
}

function holdsDue(version: string, { due, latest }: TrueSource): boolean {
  return due.includes(version) || version === latest;
}

function standingOf({ goal, target }: Pick<Truth, 'goal' | 'target'>, secret: string): string[] {
  const [key] = Object.entries(goal.keys).find(([, from]) => from.secret === secret) ?? [];
  return key === undefined ? [] : (target.standing[key] ?? []);
}

function untrueTarget({ status }: SecretTarget, truth: Truth, about: About): string[] {
  const wanted = isLatestOf(status.version, about);
  const states = statesFor(truth.said, wanted === false, about);
  const isSaid = states.includes(status.state);
  return [
    ...untrueVersion(status.version, truth, about.secret),
    ...(status.isLatest === wanted ? [] : [`says isLatest: ${status.isLatest}`]),
    ...untrueStanding(status.stands, truth),
    ...(isSaid ? [] : [`says ${status.state} ${status.reason}; it is ${states.join(' or ')}`]),
  ];
}

function untrueVersion(version: string | undefined, truth: Truth, secret: string): string[] {
  const isHeld = truth.target.live === 'ours' && truth.goal.claim !== 'rival';
  const versions = isHeld ? standingOf(truth, secret) : [];
  const isTrue = version === undefined ? versions.length === 0 : versions.includes(version);
  return isTrue ? [] : [`says version ${version}; there stands ${versions.join(' or ') || 'none'}`];
}

/** Undefined where nobody can tell, or where the latest version is not what should stand. */
function isLatestOf(version: string | undefined, { source, isOpen }: About): boolean | undefined {
  if (!isOpen || version === undefined || source.latest === undefined) return undefined;
  return source.state === 'not-yet-valid' ? undefined : version === source.latest;
}

function untrueStanding(stands: string, { goal, target, said }: Truth): string[] {
  const isUnsure = goal.trouble !== undefined || said?.mayBeUnsaid === true;
  if (stands === 'unknown' && isUnsure) return [];
  return stands === (target.live === 'ours' ? 'yes' : 'no') ? [] : [`says stands: ${stands}`];
}

/**
 * A rotation that nobody noticed is seen by whoever looks into the vault; what no route claims is left over. Where runs keep no
 * row, only the vault tells that nothing is wanted.
 */
function statesFor(said: Truth['said'], isLate: boolean, { source, isOpen }: About): string[] {
  if (said === undefined) return [];
  const isUsable = source.state === 'valid' || source.state === 'near-expiry';
  if (said.state === 'synced') return isLate && isUsable ? ['pending'] : ['synced'];
  if (said.state === 'orphaned') return ['left'];
  return said.mayBeUnsaid && !isOpen ? [said.state, 'unknown'] : [said.state];
}
