import { z } from 'zod';
import { parseProvenance } from '../source/provenance.ts';
import type { SourceFacts, SourceStatus } from '../source/source.ts';
import { effectOf, type Outcome } from './outcome.ts';
import type { TargetStatus } from './target.ts';

/** When versions that stand in a Secret expire, by the name of their secret: Unix seconds, as Key Vault has it. */
type Expiries = ReadonlyMap<string, number>;

/** So many fit into one column whatever their names are; of more, those that expire first. */
const MOST = 200;

const dates = z.record(z.string(), z.int().min(0));

/** The expiry dates of what stands in the Secret after this outcome; of a source it did not see, what was known of that version. */
export function expiriesOf(
  outcome: Outcome,
  before: Pick<TargetStatus, 'sources' | 'expires'> | undefined,
): string {
  const known = before?.expires ?? '';
  const { look } = outcome;
  if (look.at !== 'sources') return known;
  const earlier = parseProvenance(before?.sources).sources;
  const dated = knownExpiries(known);
  const { sources } = parseProvenance(effectOf(outcome)?.recorded ?? before?.sources);
  const standing = [...sources].map(([name, { version }]) => {
    const seen = versionIn(look.sources.get(name), version);
    if (seen !== undefined) return [name, seen.expires] as const;
    return [name, earlier.get(name)?.version === version ? dated.get(name) : undefined] as const;
  });
  return expiriesText(standing);
}

/** What was seen of this very version; undefined when another one was seen, or none. */
function versionIn(source: SourceStatus | undefined, version: string): { expires?: number } | undefined {
  if (source === undefined) return undefined;
  const seen = [
    'version' in source ? source.version : undefined,
    'latest' in source ? source.latest : undefined,
  ];
  return seen.find((one) => one?.version === version);
}

/** The same as a run's listing tells it, for rows of an earlier release. `recorded`: as on the Secret. */
export function expiriesOfFacts(facts: readonly SourceFacts[], recorded: string): string {
  const { sources } = parseProvenance(recorded);
  const standing = facts.map(({ name, properties }) => {
    // The listing tells of the latest version only.
    const isRecorded = properties !== undefined && sources.get(name)?.created === properties.created;
    return [name, isRecorded ? properties.expires : undefined] as const;
  });
  return expiriesText(standing);
}

function expiriesText(standing: readonly (readonly [string, number | undefined])[]): string {
  const due = standing.flatMap(([name, expires]) =>
    expires === undefined ? [] : [[name, expires] as const],
  );
  const first = due.toSorted((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST);
  return first.length === 0 ? '' : JSON.stringify(Object.fromEntries(first));
}

/** As a row told them. What cannot be read is not known. */
export function knownExpiries(text: string): Expiries {
  if (text === '') return new Map();
  try {
    return new Map(Object.entries(dates.parse(JSON.parse(text))));
  } catch {
    return new Map();
  }
}
