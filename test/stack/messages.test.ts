import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../local/stack/eventually.ts';
import { startStack, type Stack } from '../local/stack/start.ts';
import { queueLength, rowsOf, sendText } from '../local/stack/storage.ts';
import { applyTenancy, valueIn } from '../local/stack/tenancy.ts';

const SECRET = 'app-1--pg--password';
const QUEUES = ['push', 'reconcile', 'vault-events'].flatMap((name) => [name, `${name}-poison`]);
/** A process for each of six queues starts first. */
const WAIT_MS = 60_000;
const SECRET_TEXT = 'hunter2, please rotate';

/** What people and other tools put into a queue, and what nobody would. */
const ODD: Readonly<Record<string, string>> = {
  text: SECRET_TEXT,
  nothing: '',
  'base64 of bytes that are no UTF-8': Buffer.from([0xff, 0xfe, 0x80]).toString('base64'),
  'a number': '42',
  'JSON that goes 2,000 levels deep': `${'['.repeat(2000)}${']'.repeat(2000)}`,
};

let stack: Stack;
/** Name of a queue -> ids of what was put there. */
const sent = new Map<string, string[]>();

/** Puts all of it into a queue. */
async function misuse(queue: string): Promise<void> {
  const ids: string[] = [];
  for (const text of Object.values(ODD)) ids.push(await sendText(stack.storage, queue, text));
  sent.set(queue, ids);
}

beforeAll(async () => {
  stack = await startStack({ clusters: ['weu-1'] });
  await applyTenancy(stack);
  await Promise.all(QUEUES.map(misuse));
}, 180_000);
afterAll(() => stack.stop());

/** A message of the queue `NAME-poison` is told of as one of `NAME`. */
const idsOf = (queue: string): string[] => [
  ...(sent.get(queue) ?? []),
  ...(sent.get(`${queue}-poison`) ?? []),
];

describe.each(['push', 'reconcile', 'vault-events'])(
  'whatever lies in queue %s, or lay there too often,',
  (queue) => {
    const toldOf = (): string[] => {
      const said = stack
        .lines()
        .filter(({ message }) => message.includes(`message of queue ${queue} cannot`));
      return said.map(({ message }) => message);
    };

    it(
      'is told by a line with the id that storage gave it, and is gone',
      { timeout: 4 * WAIT_MS },
      async () => {
        // An event that is none is an event that was refused: what JSON can be read is judged as an event is.
        const wanted = queue === 'vault-events' ? idsOf(queue).length - 2 : idsOf(queue).length;
        const lines = await eventually(() => {
          const told = toldOf();
          return told.length >= wanted ? told : undefined;
        }, WAIT_MS);
        const known = idsOf(queue).filter((id) => lines.some((line) => line.includes(`id ${id}, `)));
        expect(known).toHaveLength(wanted);
        await expect.poll(() => queueLength(stack.storage, queue), { timeout: WAIT_MS }).toBe(0);
        await expect.poll(() => queueLength(stack.storage, `${queue}-poison`), { timeout: WAIT_MS }).toBe(0);
      },
    );

    it('is one problem, which counts them all', async () => {
      const rows = await rowsOf(stack.storage, 'Targets');
      const problems = rows.filter(({ rowKey }) => rowKey === `message:${queue}`);
      expect(problems).toMatchObject([{ state: 'problem', code: 'BAD_MESSAGE', attempts: toldOf().length }]);
    });
  },
);

describe('what lies in a queue', () => {
  it(
    'is worked on when a person writes it as plain JSON, or as base64 in lines',
    { timeout: 4 * WAIT_MS },
    async () => {
      const work = { vault: 'team', secret: SECRET, cause: 'a person', since: Date.now(), attempt: 1 };
      const message = JSON.stringify({ kind: 'secret', ...work });
      const lines = Buffer.from(message).toString('base64').replaceAll(/.{76}/g, '$&\n');
      for (const [value, text] of [
        ['plain', message],
        ['in lines', lines],
      ] as const) {
        stack.vault.set('team', SECRET, value);
        await sendText(stack.storage, 'push', text);
        await eventually(() => valueIn(stack.cluster('weu-1'), 'app-1', 'pg', 'password') === value, WAIT_MS);
      }
      expect(lines.split('\n').length).toBeGreaterThan(2);
    },
  );

  it('leaves no word of what nobody can read in lines and rows', async () => {
    const said = stack.hosts.flatMap(({ lines }) => lines).join('\n');
    expect(said + JSON.stringify(await rowsOf(stack.storage, 'Targets'))).not.toContain('hunter2');
  });
});
