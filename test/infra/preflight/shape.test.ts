import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shaped } from '../../../infra/preflight/shape.ts';
import { declarationsIn } from '../bicep/declarations.ts';
import { INFRA } from '../bicep/file.ts';
import { misfits } from '../bicep/types.ts';
import { clusterId, parameters, vaultId } from '../deployed.ts';

const template = declarationsIn(join(INFRA, 'main.bicep'));
const names = [...template.params.keys()];
const team = { alias: 'team', id: vaultId('kv-team') };

/** What people write, and what a file of parameters can hold by mistake. */
const VALUES: readonly unknown[] = [
  '',
  'x',
  '24',
  24,
  0,
  -1,
  1.5,
  512,
  513,
  1000,
  1001,
  2048,
  'queue',
  'none',
  'closed',
  'Group',
  'User',
  true,
  'true',
  null,
  [],
  ['x'],
  [1],
  {},
  { x: 1 },
  [{ alias: 'team' }],
  [{ ...team, systemTopic: 'a', certificates: true }],
  [{ ...team, certificates: 'yes' }],
  { network: 'a', app: 'b', endpoints: 'c' },
  { blob: 'x' },
  { runLateCount: 3 },
  { runLateCount: '3' },
  { runMissedWindow: 3 },
];

const ofTemplate = (name: string, value: unknown): boolean => {
  const declared = template.params.get(name);
  return declared === undefined || misfits(template, name, declared, value).length > 0;
};
const ofPreflight = (name: string, value: unknown): boolean =>
  shaped(parameters({ [name]: value })).wrong.has(name);

describe('what Resource Manager would not take for a parameter', () => {
  // The rest of the preflight has a sentence for a name that is too short or too long; a region must be named, and tags are texts.
  const stricter = new Set(['location', 'tags']);
  const elsewhere = new Set(['environmentName']);

  it.each(names.filter((name) => !elsewhere.has(name)))('is refused by the preflight: %s', (name) => {
    const wrong = VALUES.filter((value) => ofTemplate(name, value));
    expect(wrong.filter((value) => !ofPreflight(name, value))).toEqual([]);
    expect(wrong.length).toBeGreaterThan(5);
    const right = stricter.has(name) ? [] : VALUES.filter((value) => !ofTemplate(name, value));
    expect(right.filter((value) => ofPreflight(name, value))).toEqual([]);
  });
});

describe('a sentence', () => {
  const said = (given: Record<string, unknown>): string[] => shaped(parameters(given)).misfits;

  it.each([
    [{ vault: [] }, 'vault: is no parameter; did you mean vaults?'],
    [{ nonsense: 1 }, 'nonsense: is no parameter.'],
    [{ inbound: 'eventgrid' }, 'inbound: must be "open" or "eventGrid" or "closed".'],
    [{ nodeVersion: 24 }, 'nodeVersion: must be "24" or "22".'],
    [{ instanceMemoryMB: 1024 }, 'instanceMemoryMB: must be 512, 2048 or 4096.'],
    [{ pushConcurrency: 1000 }, 'pushConcurrency: must be a whole number from 1 to 512.'],
    [{ deadLetterDays: 0 }, 'deadLetterDays: must be a whole number of 1 or more.'],
    [{ zoneRedundant: 'true' }, 'zoneRedundant: must be true or false.'],
    [{ clusters: clusterId('a') }, 'clusters: must be a list of texts.'],
    [{ clusters: [1] }, 'clusters[0]: must be a text.'],
    [{ location: '' }, 'location: must be a region, such as westeurope.'],
    [{ vaults: [] }, 'vaults: must have one vault at least.'],
    [
      { vaults: [{ ...team, systemtopic: 'x' }] },
      'vaults[0].systemtopic: is none of alias, id, systemTopic, certificates; did you mean systemTopic?',
    ],
    [
      { vaults: [{ ...team, location: 'x' }] },
      'vaults[0].location: is none of alias, id, systemTopic, certificates.',
    ],
    [{ vaults: [{ alias: 'team' }] }, 'vaults[0].id: must be a text.'],
    [{ vaults: ['kv-team'] }, 'vaults[0]: must have alias and id.'],
    [{ tags: { cost: 5 } }, 'tags.cost: must be a text.'],
    [
      { alertThresholds: { runLateCounts: 3 } },
      expect.stringMatching(/^alertThresholds\.runLateCounts: .*mean runLateCount\?$/),
    ],
  ])('names the parameter, and what it takes: %j', (given, sentence) => {
    expect(said(given)).toEqual([sentence]);
  });

  it('is said for each fault at once', () => {
    expect(said({ inbound: 'x', vaults: [{ alias: 1, id: 2 }], nat: true })).toHaveLength(4);
  });
});

it('parameters of which nothing is wrong are all kept', () => {
  const given = parameters({ heapMB: null, tags: { team: 'a' }, zoneRedundant: true });
  expect(shaped(given)).toEqual({ misfits: [], wrong: new Set(), sound: given });
});
