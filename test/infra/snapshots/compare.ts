// npm run snapshots: holds what `bicep snapshot` made of the sets of parameters here against what the reader makes of them.
// GitHub's CI runs it, where the compiler is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploy } from '../bicep/deployment.ts';
import { plain } from '../bicep/deferred.ts';
import { INFRA } from '../bicep/file.ts';
import { PARAMETER_SETS } from './parameters.ts';

interface Snapshot {
  predictedResources: { type: string; name: string }[];
  diagnostics: unknown[];
}

const sorted = (resources: readonly { type: string; name: unknown }[]): string[] =>
  resources.map(({ type, name }) => `${type} ${String(plain(name))}`).toSorted();

function differences(name: string, parameters: Record<string, unknown>): string[] {
  const text = readFileSync(join(import.meta.dirname, `${name}.snapshot.json`), 'utf8');
  const { predictedResources, diagnostics } = JSON.parse(text) as Snapshot;
  const read = deploy(join(INFRA, 'main.bicep'), parameters, {
    subscription: '11111111-1111-1111-1111-111111111111',
  });
  const [theirs, ours] = [sorted(predictedResources), sorted(read.resources)];
  return [
    ...diagnostics.map((one) => `diagnostic: ${JSON.stringify(one)}`),
    ...theirs.filter((one) => !ours.includes(one)).map((one) => `only Azure's: ${one}`),
    ...ours.filter((one) => !theirs.includes(one)).map((one) => `only ours: ${one}`),
  ];
}

for (const { name, parameters } of PARAMETER_SETS) {
  const found = differences(name, parameters);
  console.log(`${name}: ${found.length === 0 ? 'the same' : found.join('\n  ')}`);
  if (found.length > 0) process.exitCode = 1;
}
