import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const readme = await readFile(join(root, 'shared/README.md'), 'utf8');

interface Stop {
  file: string;
  name: string;
  /** The queue through which it is handed on. */
  queue: string | undefined;
}

/** A walk as the README lists it: `file#function`, perhaps `by queue NAME`. */
function walkBelow(title: string): Stop[] {
  const text = readme.slice(readme.indexOf(`\n${title}:\n`) + title.length + 3).split(/\n\n(?!\d)/)[0] ?? '';
  const stops = text.matchAll(/^\d+\. `(?<file>[^#`]+)#(?<name>\w+)`(?:, by queue `(?<queue>[\w-]+)`)?/gm);
  return [...stops].map(({ groups = {} }) => ({
    file: groups['file'] ?? '',
    name: groups['name'] ?? '',
    queue: groups['queue'],
  }));
}

/** The text of a function, from its declaration to the brace that closes it at the margin. */
async function bodyOf({ file, name }: Stop): Promise<string> {
  const text = await readFile(join(root, file), 'utf8');
  const declared = new RegExp(`^(?:export )?(?:async )?(?:function ${name}\\b|const ${name}\\b)`, 'm').exec(
    text,
  );
  if (declared === null) throw new Error(`${file} declares no ${name}`);
  const rest = text.slice(declared.index);
  const end = /^[}\])]+;?$/m.exec(rest);
  return rest.slice(0, end === null ? undefined : end.index);
}

/** The stop above that calls this one, hands it on, or puts it on its queue. */
async function isReached(stop: Stop, above: readonly Stop[]): Promise<boolean> {
  if (stop.queue !== undefined) {
    const registers = (await readFile(join(root, stop.file), 'utf8')).includes(`queueName: '${stop.queue}'`);
    const senders = await Promise.all(above.map(bodyOf));
    return registers && senders.some((body) => body.includes(`queue.${stop.queue}(`));
  }
  const bodies = await Promise.all(above.map(bodyOf));
  return bodies.some((body) => new RegExp(`\\b${stop.name}\\b`).test(body.slice(body.indexOf('\n'))));
}

const WALKS = [
  ['From an event to the write', 15],
  ['From the timer to a removal', 14],
  ['From `vaultcast explain` to the answer', 12],
] as const;

describe.each(WALKS)('the walk "%s"', (title, most) => {
  const walk = walkBelow(title);

  it(`has at most ${most} stops, none of them twice`, () => {
    expect(walk.length).toBeGreaterThan(5);
    expect(walk.length).toBeLessThanOrEqual(most);
    expect(new Set(walk.map(({ file, name }) => `${file}#${name}`)).size).toBe(walk.length);
  });

  it('leads from each stop to the next one', async () => {
    for (const [index, stop] of walk.entries()) {
      await expect(bodyOf(stop)).resolves.toContain(stop.name);
      const reached = index === 0 || (await isReached(stop, walk.slice(0, index)));
      expect(reached ? [] : [`${stop.file}#${stop.name}`]).toEqual([]);
    }
  });
});

describe('the domain model', () => {
  const rows = [...readme.matchAll(/^\| `(?<type>\w+)`\s*\| `(?<file>[\w/.-]+)`/gm)];

  it('names types that stand where it says', async () => {
    expect(rows.length).toBeGreaterThan(15);
    for (const { groups = {} } of rows) {
      const { type = '', file = '' } = groups;
      const path = join(root, 'shared', file);
      const text = existsSync(path) ? await readFile(path, 'utf8') : '';
      expect(`${type}: ${new RegExp(`^(?:export )?(?:interface|type) ${type}\\b`, 'm').test(text)}`).toBe(
        `${type}: true`,
      );
    }
  });

  it('is made of types with at most three optional fields', async () => {
    const optionals = async (file: string, type: string): Promise<number> => {
      const text = await readFile(join(root, 'shared', file), 'utf8');
      return [...declarationOf(type, text).matchAll(/^\s+\w+\?:/gm)].length;
    };
    // What people read of a thing names what there is of it.
    expect(await optionals('status/log-line.ts', 'LogLine')).toBeGreaterThan(3);
    for (const { groups = {} } of rows.filter(({ groups }) => groups?.['type'] !== 'LogLine')) {
      const { type = '', file = '' } = groups;
      expect(`${type}: ${(await optionals(file, type)) <= 3}`).toBe(`${type}: true`);
    }
  });
});

/** The text of a type, to the brace that closes it or, of a union, to the first line that is empty. */
function declarationOf(type: string, text: string): string {
  const [begun = ''] = new RegExp(`^(?:export )?(?:interface|type) ${type}\\b[^]*`, 'm').exec(text) ?? [];
  const end = /^(?:export )?interface/.test(begun) ? /^}$/m : /^$/m;
  return begun.slice(0, end.exec(begun)?.index);
}
