import type { SecretTarget } from '../../output/schema.ts';
import { agoText } from '../terminal/text.ts';

/** A person looks at the last ones; -o json gives those of every target. */
const MOST_LINES = 10;

/** When versions came into the targets, newest first, and how soon after they were made. */
export function deliveryLines(targets: readonly SecretTarget[], now: number): string[] {
  const came = targets.flatMap(({ metadata, status }) =>
    (status.deliveries ?? []).map((delivery) => ({ ...delivery, metadata })),
  );
  const newest = came.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  const left = newest.length - MOST_LINES;
  return [
    ...newest.slice(0, MOST_LINES).map((one) => lineOf(one, now)),
    ...(left > 0 ? [`and ${left} more: -o json`] : []),
  ];
}

type Came = NonNullable<SecretTarget['status']['deliveries']>[number] & Pick<SecretTarget, 'metadata'>;

function lineOf({ at, version, ms, metadata: { cluster, namespace, name } }: Came, now: number): string {
  const after = ms === undefined ? '' : `, ${agoText(ms)} after it was made`;
  return `${agoText(now - Date.parse(at))} ago  ${cluster}/${namespace}/${name}: version ${version}${after}`;
}
