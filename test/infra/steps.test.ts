import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDocuments } from '../../shared/registry/read.ts';
import { aCluster, aVault, aWorld } from './az/world.ts';
import { INFRA } from './bicep/file.ts';
import { parametersIn } from '../../infra/preflight/parameters.ts';
import { clusterId, refusalOf } from './deployed.ts';
import { type Bench, openBench } from './scripts.ts';
import { deploymentOutputs, everyOutput } from './subscribe/outputs.ts';

const ROOT = join(INFRA, '..');
const guide = readFileSync(join(INFRA, 'README.md'), 'utf8');
const steps = guide.slice(guide.indexOf('## Steps'), guide.indexOf('### Update'));

/** Blocks of commands, as they stand in the steps, without the indentation of the list. */
const blocks = [...steps.matchAll(/^ {3}```sh\n(.*?)^ {3}```/gms)].map(([, text = '']) =>
  text.replaceAll(/^ {3}/gm, ''),
);
const scriptFor = (way: 'with azd' | 'without azd'): string =>
  blocks.filter((block) => !block.startsWith('# with') || block.startsWith(`# ${way}\n`)).join('\n');

/** A checkout in which the steps may leave files, with stand-ins of every command that leaves this machine. */
let bench: Bench;
let checkout: string;
beforeEach(() => {
  bench = openBench();
  checkout = mkdtempSync(join(tmpdir(), 'vaultcast-steps-'));
  mkdirSync(join(checkout, 'infra'));
  cpSync(join(INFRA, 'kubernetes'), join(checkout, 'infra/kubernetes'), { recursive: true });
  const site = { id: everyOutput.FUNCTION_APP_ID, name: 'x', type: 'Microsoft.Web/sites', statusKey: 'k' };
  bench.az(
    aWorld({
      resources: [aVault('kv-team'), aCluster('weu-1'), site],
      // Nobody can be asked here, so the app is one that lets nobody in.
      deployments: { 'vaultcast-prod': { ...deploymentOutputs, iNBOUND: { value: 'closed' } } },
    }),
  );
  const own = (script: string): string => `exec '${process.execPath}' '${join(ROOT, script)}' "$@"`;
  bench.command('kubectl', `case "$*" in *'--filename -') cat > "${checkout}/applied";; esac`);
  bench.command('openssl', 'echo cmFuZG9t');
  bench.command(
    'npm',
    `case "$*" in
      ci|pack|'run package') ;;
      'install --global ./vaultcast-'*) ;;
      'run preflight -- '*) shift 3; ${own('infra/preflight/run.ts')};;
      'run --silent outputs -- '*) shift 4; ${own('infra/subscribe/print-outputs.ts')};;
      'run subscribe -- '*) shift 3; ${own('infra/subscribe/run.ts')};;
      *) echo "npm $*: not known here" >&2; exit 1;;
    esac`,
  );
  bench.command(
    'vaultcast',
    `case "$1" in
      namespace) ${own('shared/cli/vaultcast.ts')};;
      apply|check|explain) echo "$*" >> "${checkout}/vaultcast.log"; env > "${checkout}/environment";;
      *) exit 1;;
    esac`,
  );
  bench.command(
    'azd',
    `values="${checkout}/azd.env"
    case "$*" in
      'auth login'|provision|deploy) ;;
      'version '*) echo '{"azd":{"version":"1.24.1"}}';;
      'env new '*) printf 'AZURE_ENV_NAME=%s\\n' "$3" > "$values";;
      'env set '*) printf '%s="%s"\\n' "$3" "$4" >> "$values";;
      'env get-values') cat "$values"; cat "${checkout}/outputs";;
      *) echo "azd $*: not known here" >&2; exit 1;;
    esac`,
  );
  const lines = Object.entries(everyOutput).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  writeFileSync(join(checkout, 'outputs'), `${lines.join('\n')}\n`);
});
afterEach(() => {
  bench.remove();
  rmSync(checkout, { recursive: true, force: true });
});

const kept = (name: string): string => readFileSync(join(checkout, name), 'utf8');

/** What the template gets in the end. */
function parametersOf(way: 'with azd' | 'without azd'): Record<string, unknown> {
  if (way === 'without azd') return parametersIn(kept('prod.parameters.json'), {});
  const values = [...kept('azd.env').matchAll(/^(\w+)="?(.*?)"?$/gm)].map(([, name, value]) => [name, value]);
  const shipped = readFileSync(join(INFRA, 'main.parameters.json'), 'utf8');
  return parametersIn(shipped, { ...Object.fromEntries(values), AZURE_LOCATION: 'westeurope' });
}

describe('the eight steps', () => {
  it('are eight', () => {
    expect(steps.match(/^\d\. \*\*/gm)).toHaveLength(8);
    expect(blocks.length).toBeGreaterThan(8);
  });

  it.each(['with azd', 'without azd'] as const)(
    'run as they stand, one after the other, %s',
    async (way) => {
      const { status, stderr } = await bench.shell(`cd '${checkout}'\n${scriptFor(way)}`, { HOME: checkout });

      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(kept('applied')).toContain(everyOutput.IDENTITY_OBJECT_ID);
      expect(kept('infra/kubernetes/my-cluster/settings.yaml')).toContain(everyOutput.IDENTITY_OBJECT_ID);
      const { documents, problems } = readDocuments('app-1.yaml', kept('registry/app-1.yaml'));
      expect(problems).toEqual([]);
      expect(documents.map(({ document }) => document.kind)).toEqual(['Cluster', 'Route']);
      expect(kept('registry/app-1.yaml')).toContain(clusterId('weu-1'));
      expect(kept('environment')).toContain(
        `REGISTRY__tableServiceUri=${everyOutput.REGISTRY__tableServiceUri}`,
      );
      expect(kept('vaultcast.log').trim().split('\n')).toEqual([
        'apply -f registry/ --yes',
        'check my-cluster',
        'explain app-1--postgres--password',
      ]);
      expect(refusalOf(parametersOf(way))).toBeUndefined();
    },
    300_000,
  );

  it('tell azd every variable that main.parameters.json asks for and a person chooses', () => {
    const asked =
      readFileSync(join(INFRA, 'main.parameters.json'), 'utf8').match(/(?<=\$\{)VAULTCAST_\w+/g) ?? [];
    const said = [...steps.matchAll(/azd env set (\w+)/g)].map(([, name]) => name);
    const found = ['VAULTCAST_SYSTEM_TOPICS', 'VAULTCAST_OPERATORS_TYPE'];
    expect(asked.filter((name) => !said.includes(name) && !found.includes(name))).toEqual([]);
  });
});
