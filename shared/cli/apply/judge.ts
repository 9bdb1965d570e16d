import { parseVaults } from '../../config/vaults.ts';
import type { Output } from '../../output/json-schema.ts';
import { collisionsIn } from '../../registry/collisions.ts';
import type { RegistryDocument } from '../../registry/document.ts';
import type { RegistryPlan } from '../../registry/plan.ts';
import type { Finding } from '../../registry/problem.ts';
import { unreachedIn } from '../../registry/strands.ts';
import { wrappedAfter } from '../output/wrapped.ts';
import { paint } from '../terminal/text.ts';
import type { Io } from '../terminal/io.ts';

/*
 * What is judged before anything is written. An error is what can never do what the document says, or what takes something
 * from somebody else; a warning may be meant, such as a route that comes before its cluster.
 *
 * | rule            | level   | unless                  |
 * |-----------------|---------|-------------------------|
 * | schema          | error   |                         |
 * | duplicate       | error   |                         |
 * | template        | error   |                         |
 * | collision       | error   | --allow-collisions      |
 * | consent         | error   | CONSENT_NOT_REQUIRED    |
 * | folder          | error   | asked for by validate   |
 * | unknown-vault   | error   | VAULTS is not set here  |
 * | set             | error   | --take-over             |
 * | unknown-cluster | warning | --strict: error         |
 * | selects-nothing | warning | --strict: error         |
 */

type Environment = Io['env'];
type Judgement = Output<'Validation'>['judgements'][number];

/** What is wrong with files by themselves. */
export function findingJudgement({ rule, place, title, field, message }: Finding): Judgement {
  const at = `${place.file}:${place.line}`;
  return {
    level: 'error',
    rule: rule ?? 'schema',
    ...(title === undefined ? {} : { document: title }),
    place: at,
    ...(field === undefined ? {} : { field }),
    message,
  };
}

/** What is wrong with documents whatever else the registry holds: settings are those of the app, as far as they are known here. */
export function documentJudgements(documents: readonly RegistryDocument[], env: Environment): Judgement[] {
  const exempt = new Set(
    (env['CONSENT_NOT_REQUIRED'] ?? '').split(',').map((name) => name.trim().toLowerCase()),
  );
  const vaults = (env['VAULTS'] ?? '') === '' ? undefined : parseVaults(env['VAULTS'] ?? '').value;
  return documents.flatMap((document) => {
    const title = `${document.kind} ${document.metadata.name}`;
    if (document.kind === 'Cluster')
      return document.spec.requireConsent || exempt.has(document.metadata.name) ? [] : [consentError(title)];
    const { vault } = document.spec;
    return vaults === undefined || vaults.has(vault) ? [] : [vaultError(title, vault)];
  });
}

function consentError(document: string): Judgement {
  const message =
    'no document turns consent off: name the cluster in CONSENT_NOT_REQUIRED, a setting of the app';
  return { level: 'error', rule: 'consent', document, field: 'spec.requireConsent', message };
}

function vaultError(document: string, vault: string): Judgement {
  const message = `vault ${vault} is none of VAULTS: the app would refuse to read it`;
  return { level: 'error', rule: 'unknown-vault', document, field: 'spec.vault', message };
}

/** Routes of which it is certain that they claim the same Secrets. */
export function collisionJudgements(
  messages: readonly string[],
  { allowCollisions }: { allowCollisions?: boolean },
): Judgement[] {
  const level = allowCollisions === true ? 'warning' : 'error';
  return messages.map((message) => ({ level, rule: 'collision', message }));
}

/** What is wrong with a plan: only what it brings, for an old flaw is not repeated at every apply. */
export function planJudgements(
  plan: RegistryPlan,
  judging: { allowCollisions?: boolean; takeOver?: boolean },
  env: Environment,
): Judgement[] {
  const put = plan.actions.flatMap((action) => ('wanted' in action ? [action.wanted.document] : []));
  const known = new Set(collisionsIn(plan.before));
  const collisions = collisionsIn(plan.after).filter((message) => !known.has(message));
  const unreached = unreachedIn(plan).map(({ route, rule, message }): Judgement => ({
    level: 'warning',
    rule,
    document: `Route ${route}`,
    message,
  }));
  return [
    ...documentJudgements(put, env),
    ...collisionJudgements(collisions, judging),
    ...(judging.takeOver === true ? [] : foreignSets(plan)),
    ...unreached,
  ];
}

/** Documents of another set: those files and these would take it from each other at every apply. */
function foreignSets({ actions }: RegistryPlan): Judgement[] {
  return actions.flatMap((action): Judgement[] => {
    if (action.do !== 'update') return [];
    const { existing, changes } = action;
    const change = changes.find(({ field }) => field === 'set');
    if (change?.from === undefined) return [];
    const message = `it belongs to set ${change.from}: give --take-over to move it to ${change.to ?? ''}`;
    return [{ level: 'error', rule: 'set', document: `${existing.kind} ${existing.name}`, message }];
  });
}

/** Whether nothing may be written. */
export function isRefused(judgements: readonly Judgement[], { strict }: { strict?: boolean }): boolean {
  return judgements.some(({ level }) => level === 'error' || strict === true);
}

/** `error   one.yaml:12: Route app-1: spec.layout: found …  [schema]` */
export function judgementLines(
  io: Io,
  judgements: readonly Judgement[],
  { strict }: { strict?: boolean },
): string[] {
  return judgements.flatMap(({ level, rule, place, document, field, message }) => {
    const isError = level === 'error' || strict === true;
    const about = document !== undefined && message.startsWith(document) ? undefined : document;
    const where = [place, about, field].filter((part) => part !== undefined).join(': ');
    const word = paint(io, isError ? 'red' : 'yellow', isError ? 'error  ' : 'warning');
    const text = `${where === '' ? '' : `${where}: `}${message}  [${rule}]`;
    return wrappedAfter(io, `${word}  `, 'warning  '.length, text);
  });
}
