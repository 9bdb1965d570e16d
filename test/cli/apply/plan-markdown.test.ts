import { describe, expect, it } from 'vitest';
import type { Output } from '../../../shared/output/json-schema.ts';
import { planMarkdown } from '../../../shared/cli/apply/plan-markdown.ts';
import { stored, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { aFolder } from '../folder.ts';
import { run } from '../run.ts';

type Status = Output<'RegistryPlan'>['status'];

const EMPTY: Status = { actions: [], consequences: [], judgements: [], predictions: [] };
const planOf = (status: Partial<Status>): string =>
  planMarkdown({
    apiVersion: 'vaultcast.dev/v1',
    kind: 'RegistryPlan',
    metadata: { readAt: '2026-11-30T00:00:00Z', counts: {} },
    status: { ...EMPTY, ...status },
  });

describe('vaultcast apply --dry-run -o markdown', () => {
  it('prints the plan as a comment with a row for each changed field, changes nothing and exits with 2', async () => {
    const folder = await aFolder();
    const registry = fakeRegistry(stored(writtenRoute()));
    const file = await folder.file('r.yaml', [
      writtenRoute('app-1', { layout: 'flat', key: 'k' }),
      writtenRoute('app-2'),
    ]);

    const ran = await run(['apply', '-f', file, '--dry-run', '-o', 'markdown'], { registry });

    expect(ran.code).toBe(2);
    expect(ran.out).toMatch(/^### vaultcast: 1 to create, 1 to update\n\n/);
    expect(ran.out).toContain('\n| create | `Route app-2` |  |  |  |\n');
    expect(ran.out).toContain('\n| update | `Route app-1` | `spec.layout` | `"service"` | `"flat"` |\n');
    expect(ran.out).toContain('\n| update | `Route app-1` | `spec.key` | (not set) | `"k"` |\n');
    expect(ran.out).toContain('**In the clusters**\n\n- `Not predicted');
    expect((await registry.routes(new AbortController().signal)).rows).toHaveLength(1);
    await folder.remove();
  });
});

describe('a plan as a comment', () => {
  it('says in its headline that there is nothing to change', () => {
    const action = { action: 'unchanged', kind: 'Route', name: 'app-1' } as const;
    expect(planOf({ actions: [action] })).toBe('### vaultcast: nothing to change');
  });

  it('names what is wrong first, with its place', () => {
    const wrong = { level: 'error', rule: 'schema', place: 'r.yaml:3', message: 'must be a list' } as const;
    expect(planOf({ judgements: [wrong], consequences: ['one'] })).toBe(
      '### vaultcast: nothing to change\n\n**Wrong**\n\n- error: `r.yaml:3 must be a list`\n\n**Consequences**\n\n- `one`',
    );
  });

  it.each([
    '`@octocat`',
    '<img src=x>',
    '[a](https://evil.example)',
    'a | b\n| c',
    '``` x',
    '\u001b[31mx',
    '`',
  ])('shows what whoever wrote the documents wrote as code, and nothing else: %j', (text) => {
    const change = { field: text, from: text, to: text };
    const actions = [{ action: 'update', kind: 'Route', name: text, changes: [change] }] as const;
    const markdown = planOf({ actions: [{ ...actions[0], changes: [change] }], predictions: [text] });
    const outside = markdown.replaceAll(/`[^`\n]*`/g, '');
    expect(outside).not.toMatch(/[@<[\]`]|octocat|evil/);
    const rows = markdown.split('\n').filter((line) => line.startsWith('| update'));
    expect(rows.map((line) => line.replaceAll('\\|', '').split('|').length)).toEqual([7]);
  });

  it('fits into a comment of GitHub, however much there is to say', () => {
    const long = 'x'.repeat(5000);
    const many = Array.from({ length: 500 }, () => long);
    const actions = many.map((name) => ({ action: 'delete', kind: 'Route', name, because: 'gone' }) as const);
    const markdown = planOf({ actions, consequences: many, predictions: many });
    expect(markdown.length).toBeLessThan(65_536);
    expect(markdown.match(/… and 440 more/g)).toHaveLength(3);
  });
});
