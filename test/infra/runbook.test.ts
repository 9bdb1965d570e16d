import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../shared/errors.ts';
import { bicepFiles, INFRA } from './bicep/file.ts';
import { commandLines } from '../truth/codes/commands.ts';
import { readKubectl } from '../truth/codes/kubectl.ts';
import { az } from './az/stand-in.ts';
import { aWorld } from './az/world.ts';
import { entriesOf, headingsOf } from './markdown.ts';

const text = readFileSync(join(INFRA, 'runbook.md'), 'utf8');
const entries = entriesOf(text);
const isCode = (title: string): boolean => /^[A-Z][A-Z_]+$/.test(title);

describe('the runbook', () => {
  it('has an entry for every code, and none for a code that is gone', () => {
    expect([...entries.keys()].filter(isCode).toSorted()).toEqual(Object.keys(CODES).toSorted());
  });

  it('says in every entry what it means, what is seen, how to confirm and how to mend', () => {
    for (const [title, body] of entries) {
      const questions = [...body.matchAll(/^- \*\*(.+?)\*\*: \S/gm)].map(([, question]) => question);
      expect({ title, questions }).toEqual({ title, questions: ['Means', 'Symptom', 'Confirm', 'Fix'] });
    }
  });

  it('files every code under the heading that says whether a person must act', () => {
    const sections = text.split(/^(?=## )/m);
    const codesUnder = (title: string): string[] =>
      [...entriesOf(sections.find((part) => part.startsWith(`## ${title}\n`)) ?? '').keys()].filter(isCode);
    const retried = Object.entries(CODES).filter(([, { retry }]) => retry !== 'no');
    expect(codesUnder('Waiting').toSorted()).toEqual(retried.map(([code]) => code).toSorted());
    expect(codesUnder('Alerts').toSorted()).toEqual([
      'GAVE_UP',
      'RUN_INCOMPLETE',
      'RUN_MISSED',
      'SETTINGS_REFUSED',
    ]);
  });
});

describe('the command lines of the runbook', () => {
  const lines = commandLines(text);
  const of = (program: string) => lines.filter((line) => line.program === program);

  it.each(of('az').map(({ text: line, args }) => [line, args] as const))(
    '%s is a command of the Azure CLI with all that it needs',
    (_, args) => {
      const { status, stderr } = az(aWorld(), args);
      // 2: no such command or argument. What it asks about need not be there.
      expect(status === 2 ? stderr : '').toBe('');
    },
  );

  it.each(of('kubectl').map(({ text: line, args }) => [line, args] as const))(
    '%s is a command of kubectl that says where it looks',
    (_, args) => {
      expect(() => readKubectl(args)).not.toThrow();
    },
  );

  it('name every program that entries call', () => {
    expect([of('vaultcast').length, of('az').length, of('kubectl').length].map((n) => n > 5)).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe('the alerts', () => {
  it('all point to an entry of the runbook', async () => {
    const anchors = new Set(headingsOf(text).map(({ anchor }) => anchor));
    const files = await bicepFiles();
    const pointers = files.flatMap((file) =>
      [...file.text.matchAll(/runbook: '([\w-]+)'|runbookUrl\}#([\w-]+)/g)].map(([, a, b]) => a ?? b ?? ''),
    );
    expect(pointers.length).toBeGreaterThanOrEqual(10);
    expect(pointers.filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });

  it('each say where to look: no rule without a runbook entry', async () => {
    const alerts = (await bicepFiles()).find((file) => file.path === 'modules/alerts.bicep')?.text ?? '';
    const count = (word: string): number => alerts.split(`    ${word}: `).length - 1;
    expect(count('runbook')).toBe(count('query'));
  });
});
