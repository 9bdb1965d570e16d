import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parseEvents } from '../../shared/event/parse.ts';
import { bicepFiles, INFRA } from './bicep/file.ts';

const ROOT = join(INFRA, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
let text: (path: string) => string;

beforeAll(async () => {
  const files = await bicepFiles();
  text = (path) => files.find((file) => file.path === path)?.text ?? '';
});

describe('event subscriptions', () => {
  const kindOf = (eventType: string): string => {
    const data = { Id: 'https://kv.vault.azure.net/secrets/a', VaultName: 'kv', ObjectName: 'a' };
    const event = { id: '1', topic: '/x/vaults/kv', eventType, data };
    const [parsed] = parseEvents(event, new Map([['team', 'https://kv.vault.azure.net']]));
    return parsed?.outcome ?? '';
  };

  it('ask for the event types the app has a use for, and only those', () => {
    const types = text('modules/event-subscription.bicep').match(/Microsoft\.KeyVault\.\w+/g) ?? [];
    expect(types).toHaveLength(6);
    expect(types.map(kindOf)).toEqual(types.map(() => 'accepted'));
    expect(kindOf('Microsoft.KeyVault.KeyNewVersionCreated')).toBe('refused');
  });

  it('give up on nothing before a day, and keep what they gave up on', () => {
    expect(text('events.bicep')).toMatch(/maxDeliveryAttempts int = 30\n/);
    expect(text('events.bicep')).toMatch(/eventTimeToLiveInMinutes int = 1440\n/);
    expect(text('modules/event-subscription.bicep')).toContain('deadLetterWithResourceIdentity');
  });
});

describe('functions', () => {
  const functions = readdirSync(join(ROOT, 'functions')).map((name) => read(`functions/${name}`));

  it('are called in the templates what they are called in the code', () => {
    const named = ['modules/event-subscription.bicep', 'main.bicep'].flatMap((path) =>
      [...text(path).matchAll(/(?:\/functions\/|'function:)([\w-]+)'/g)].map(([, name]) => name ?? ''),
    );
    expect(named).toHaveLength(2);
    expect(named.filter((name) => !functions.some((code) => code.includes(`('${name}', {`)))).toEqual([]);
  });

  it('listen only to queues the deployment makes, each with a poison queue', () => {
    const made = new Set(text('modules/host-storage.bicep').match(/(?<=^ {2}')[\w-]+(?='$)/gm));
    const heard = functions.flatMap((code) =>
      [...code.matchAll(/queueName: '([\w-]+)'/g)].map(([, q]) => q ?? ''),
    );
    expect(heard).toContain('push');
    expect(heard.filter((queue) => !made.has(queue))).toEqual([]);
    const work = [...made].filter((queue) => !queue.endsWith('-poison'));
    expect(work.filter((queue) => !made.has(`${queue}-poison`))).toEqual([]);
  });
});

describe('storage', () => {
  it('has no shared keys, no public blobs and TLS 1.2', () => {
    for (const path of ['modules/host-storage.bicep', 'modules/registry-storage.bicep']) {
      expect(text(path)).toContain('allowSharedKeyAccess: false');
      expect(text(path)).toContain('allowBlobPublicAccess: false');
      expect(text(path)).toContain("minimumTlsVersion: 'TLS1_2'");
    }
  });

  it('lets the app read what people define and write what it found, table by table', () => {
    const registry = text('modules/registry-storage.bicep');
    const list = (name: string): string[] =>
      new RegExp(`var ${name} = \\[([^\\]]*)\\]`).exec(registry)?.[1]?.match(/\w+/g) ?? [];
    expect(list('definedTables')).toEqual(['Clusters', 'Routes']);
    expect(list('foundTables')).toEqual(['Targets', 'Runs', 'Endpoints']);
    expect(registry).toMatch(
      /appReads[^=]*= \[for \(table, i\) in definedTables: \{[^]*?storageTableDataReader/,
    );
    expect(registry).toMatch(
      /appWrites[^=]*= \[for \(table, i\) in foundTables: \{[^]*?storageTableDataContributor/,
    );
  });
});

describe('host.json', () => {
  const host = JSON.parse(read('host.json')) as {
    extensions: { queues: { messageEncoding: string; maxDequeueCount: number; visibilityTimeout: string } };
    logging: {
      logLevel: Record<string, string>;
      applicationInsights: { samplingSettings: { excludedTypes: string } };
    };
  };

  it('never samples an outcome line away, nor filters it', () => {
    const { logLevel, applicationInsights } = host.logging;
    expect(applicationInsights.samplingSettings.excludedTypes.split(';')).toContain('Trace');
    expect(logLevel).toMatchObject({ Function: 'Information', 'Host.Function.Console': 'Information' });
  });

  it('pauses between the tries of a message before it is poison', () => {
    const { maxDequeueCount, visibilityTimeout, messageEncoding } = host.extensions.queues;
    expect({ maxDequeueCount, visibilityTimeout, messageEncoding }).toEqual({
      maxDequeueCount: 5,
      visibilityTimeout: '00:00:30',
      messageEncoding: 'none',
    });
  });
});

describe('azure.yaml', () => {
  const azure = parseYaml(read('azure.yaml')) as {
    requiredVersions: { azd: string };
    services: Record<string, { host: string; remoteBuild: boolean; project: string; language: string }>;
    hooks: Record<string, Record<string, { run: string }>>;
  };
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

  it('deploys the service whose name the function app is tagged with', () => {
    const tag = /'azd-service-name': '(\w+)'/.exec(text('modules/function-app.bicep'))?.[1];
    expect(Object.keys(azure.services)).toEqual([tag]);
    expect(azure.services['vaultcast']).toMatchObject({ host: 'function', remoteBuild: false });
  });

  it('deploys a folder that its own build script fills, and no ignore file chooses from', () => {
    const { project = '', language } = azure.services['vaultcast'] ?? {};
    const manifest = JSON.parse(read(join(project, 'package.json'))) as { scripts: { build: string } };
    expect({ language, build: manifest.scripts.build }).toEqual({
      language: 'js',
      build: 'npm --prefix ../.. run stage',
    });
    const ignored = ['.', project].filter((folder) => existsSync(join(ROOT, folder, '.funcignore')));
    expect(ignored).toEqual([]);
  });

  it('refuses an azd whose `down` deletes the resource groups of vaults and clusters', () => {
    expect(azure.requiredVersions.azd).toBe('>= 1.24.1');
  });

  it('runs npm scripts that exist, the same on every system', () => {
    expect(Object.keys(azure.hooks)).toEqual(['preprovision', 'postdeploy']);
    for (const { posix, windows } of Object.values(azure.hooks)) {
      expect(posix?.run).toBe(windows?.run);
      expect(scripts).toHaveProperty(posix?.run.replace(/^npm run /, '') ?? '');
    }
  });
});
