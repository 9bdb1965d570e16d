import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { binaries } from './find.ts';

let folder: string;
const silent = (): void => undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vaultcast-binaries-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function aProgram(name: string): Promise<void> {
  await writeFile(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
}

it('takes the programs of KUBEBUILDER_ASSETS', async () => {
  await aProgram('etcd');
  await aProgram('kube-apiserver');
  await expect(binaries({ KUBEBUILDER_ASSETS: folder }, silent)).resolves.toEqual({
    etcd: join(folder, 'etcd'),
    kubeApiserver: join(folder, 'kube-apiserver'),
  });
});

it('names the program that KUBEBUILDER_ASSETS lacks, and builds nothing then', async () => {
  await aProgram('etcd');
  await expect(binaries({ KUBEBUILDER_ASSETS: folder }, silent)).rejects.toThrow(
    `KUBEBUILDER_ASSETS is set to ${folder}, which has no program ${join(folder, 'kube-apiserver')}`,
  );
  expect(await readdir(folder)).toEqual(['etcd']);
});

it('says what to do when the programs have to be built and Go is missing', async () => {
  const env = { VAULTCAST_CACHE: folder, PATH: folder };
  await expect(binaries(env, silent)).rejects.toThrow(/set KUBEBUILDER_ASSETS .* or install Go/);
});
