import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Code, CODES, failureOf, isRetryable, VaultcastError } from '../shared/errors.ts';
import type { Outcome } from '../shared/status/outcome.ts';
import { stateOf } from '../shared/status/state.ts';
import { anOutcome } from './support/builders.ts';

const codes = Object.keys(CODES) as Code[];
const ROOT = resolve(import.meta.dirname, '..');

/** What the compiler says of the table of codes with these entries more, by the first word that it quotes in each error. */
async function compiled(entries: Readonly<Record<string, object>>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vaultcast-codes-'));
  const table = await readFile(join(ROOT, 'shared/errors.ts'), 'utf8');
  const added = Object.entries(entries).map(([code, columns]) => `${code}: ${JSON.stringify(columns)},\n`);
  const file = join(folder, 'errors.ts');
  await writeFile(
    file,
    table.replace('export const CODES = {\n', (start) => `${start}${added.join('')}`),
  );
  const options = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--pretty', 'false'];
  try {
    await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), [...options, '--types', '', file]);
    return [];
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return stdout.split('\n').flatMap((line) => / error TS\d+: [^']*'(?<word>[^']+)'/.exec(line)?.[1] ?? []);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('an outcome code', () => {
  it('does not compile without every column', async () => {
    const { DELIVERED: whole } = CODES;
    const columns = Object.keys(whole);
    const lacking = columns.map((column) => [`NEW_WITHOUT_${column}`, { ...whole, [column]: undefined }]);
    expect(await compiled({ NEW_CODE: whole })).toEqual([]);
    expect(await compiled({ NEW_CODE: { ...whole, retry: 'sometimes' } })).not.toEqual([]);
    expect(new Set(await compiled(Object.fromEntries(lacking)))).toEqual(new Set(columns));
  });

  it('counts against a cluster only when the same work is tried again', () => {
    expect(codes.filter((code) => CODES[code].cluster === 'failing' && !isRetryable(code))).toEqual([]);
  });

  it('waits for a change or an hour only when the target is refused', () => {
    const patient = codes.filter((code) => CODES[code].recheck !== 'every-run');
    expect(patient.filter(isRetryable)).toEqual([]);
    expect(patient).toEqual(['NO_ROUTE', 'RENDER_REFUSED', 'SECRET_INVALID']);
  });
});

describe('the state of a target', () => {
  it('is one that people know, for every kind of outcome', () => {
    const target = anOutcome();
    const { effect } = target as Extract<Outcome, { kind: 'synced' }>;
    const kinds: Record<Outcome['kind'], [Partial<Outcome>, string]> = {
      synced: [{ effect, unfinished: [] }, 'synced'],
      removed: [{ effect }, 'absent'],
      planned: [{ effect }, 'synced'],
      absent: [{}, 'absent'],
      refused: [{}, 'refused'],
      failed: [{ retryAfterMs: undefined }, 'pending'],
      held: [{ retryAfterMs: 1 }, 'pending'],
      'gave-up': [{}, 'failed'],
    };
    for (const [kind, [fields, state]] of Object.entries(kinds))
      expect(stateOf({ ...target, ...fields, kind } as Outcome).state).toBe(state);
  });

  it('is pending while part of a write could not be done', () => {
    const unfinished = [{ code: 'VAULT_THROTTLED', message: 'later' }] as const;
    expect(stateOf({ ...anOutcome(), unfinished } as Outcome).state).toBe('pending');
  });
});

describe('what went wrong', () => {
  it('keeps code, message and the wait that the other side asked for', () => {
    const error = new VaultcastError('VAULT_THROTTLED', 'slow down', { retryAfterMs: 5 });
    expect(failureOf(error)).toEqual({ code: 'VAULT_THROTTLED', message: 'slow down', retryAfterMs: 5 });
  });

  it('is a defect and keeps only its class name when no adapter threw it', () => {
    const defect = { code: 'INTERNAL', message: 'unexpected TypeError' };
    expect(failureOf(new TypeError('hunter2 in the message'))).toEqual(defect);
    expect(failureOf('hunter2')).toEqual({ code: 'INTERNAL', message: 'unexpected string' });
  });
});
