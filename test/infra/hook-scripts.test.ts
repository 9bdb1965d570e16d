import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INFRA } from './bicep/file.ts';

const SUBSCRIPTION = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers';
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vaultcast-hooks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a hook as azd does: nothing but its environment. */
function hook(name: string, env: Record<string, string>): Promise<{ status: number; stderr: string }> {
  return new Promise((resolve) => {
    const script = join(INFRA, 'hooks', name);
    const path = [folder, process.env['PATH']].join(delimiter);
    execFile(process.execPath, [script], { env: { ...env, PATH: path } }, (error, _, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stderr });
    });
  });
}

describe('check-parameters', () => {
  it('lets a complete environment through', async () => {
    const env = {
      AZURE_ENV_NAME: 'prod',
      AZURE_LOCATION: 'westeurope',
      VAULTCAST_VAULT_ID: `${SUBSCRIPTION}/Microsoft.KeyVault/vaults/kv-team`,
    };
    expect(await hook('check-parameters.ts', env)).toEqual({ status: 0, stderr: '' });
  });

  it('stops azd and says what to set', async () => {
    const { status, stderr } = await hook('check-parameters.ts', { AZURE_ENV_NAME: 'prod' });
    expect(status).toBe(1);
    expect(stderr).toContain('infra/main.parameters.json: vaults[0].id');
  });
});

describe('subscribe', () => {
  /** An Azure CLI that keeps what it was told. */
  beforeAll(() => {
    const az = `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/arguments"\nfor last; do case "$last" in @*) cp "\${last#@}" "${folder}/parameters";; esac; done\n`;
    writeFileSync(join(folder, 'az'), az);
    chmodSync(join(folder, 'az'), 0o755);
  });

  it('deploys events.bicep with the outputs of the first phase, and leaves no file behind', async () => {
    const topics = [{ name: "kv-team's-events", id: `${SUBSCRIPTION}/Microsoft.EventGrid/systemTopics/x` }];
    const done = await hook('subscribe.ts', {
      AZURE_LOCATION: 'westeurope',
      AZURE_SUBSCRIPTION_ID: 'sub',
      INSTANCE: 'vaultcast-prod',
      EVENT_TOPICS: JSON.stringify(topics),
      FUNCTION_APP_ID: 'app',
      HOST_STORAGE_ID: 'storage',
      DEAD_LETTER_CONTAINER: 'dead-letters',
      EVENT_DESTINATION: 'queue',
    });
    expect(done).toEqual({ status: 0, stderr: '' });
    const told = readFileSync(join(folder, 'arguments'), 'utf8').split('\n');
    expect(told).toContain(join(INFRA, 'events.bicep'));
    expect(readFileSync(join(folder, 'parameters'), 'utf8')).toContain(JSON.stringify(topics));
    const file = told.find((argument) => argument.startsWith('@'))?.slice(1) ?? folder;
    expect(existsSync(file)).toBe(false);
  });

  it('fails when the first phase has not run', async () => {
    const { status, stderr } = await hook('subscribe.ts', { INSTANCE: 'vaultcast-prod' });
    expect(status).toBe(1);
    expect(stderr).toContain('azd provision');
  });
});
