import { describe, expect, it } from 'vitest';
import { createLog, LOG_FIELDS } from '../../shared/adapters/log.ts';
import type { LogLine } from '../../shared/status/log-line.ts';

const NOW = Date.UTC(2026, 10, 20, 10, 15);

function capture() {
  const lines: { level: string; line: string }[] = [];
  const at = (level: string) => (line: string) => void lines.push({ level, line });
  const log = createLog({ info: at('info'), warn: at('warn'), error: at('error') }, { now: () => NOW });
  return { log, lines };
}

/** The line that the log writes for an outcome. */
function lineOf(overrides: Partial<LogLine> = {}): string {
  const { log, lines } = capture();
  log.line({ code: 'DELIVERED', message: 'written', ...overrides });
  return lines[0]?.line ?? '';
}

const whole: Required<LogLine> = {
  durationMs: 12,
  attempt: 1,
  runId: '20261120T101500Z-3fa9c1',
  eventTime: '2026-11-20T10:14:58.000Z',
  eventId: 'e1',
  route: 'app-1',
  name: 'pg',
  namespace: 'app-1',
  cluster: 'weu-1',
  version: 'v1',
  secret: 'app-1--pg--password',
  vault: 'team',
  message: 'written',
  code: 'DELIVERED',
};

describe('the log', () => {
  it('writes one line of JSON per outcome, its fields always in the same order', () => {
    expect(lineOf(whole)).toBe(
      '{"time":"2026-11-20T10:15:00.000Z","level":"info","code":"DELIVERED","message":"written","vault":"team",' +
        '"secret":"app-1--pg--password","version":"v1","cluster":"weu-1","namespace":"app-1","name":"pg",' +
        '"route":"app-1","eventId":"e1","eventTime":"2026-11-20T10:14:58.000Z","runId":"20261120T101500Z-3fa9c1","attempt":1,"durationMs":12}',
    );
  });

  it('knows every field an outcome can have', () => {
    expect(['code', 'message', ...LOG_FIELDS].toSorted()).toEqual(Object.keys(whole).toSorted());
  });

  it('leaves out what an outcome does not say', () => {
    expect(Object.keys(JSON.parse(lineOf({ durationMs: Number.NaN })))).toEqual([
      'time',
      'level',
      'code',
      'message',
    ]);
  });

  it('leaves out what no outcome should carry', () => {
    expect(lineOf({ value: 'hunter2' } as Partial<LogLine>)).not.toContain('hunter2');
  });

  it.each([
    ['info', 'DELIVERED'],
    ['warn', 'NOT_ACCEPTED'],
    ['error', 'GAVE_UP'],
  ] as const)('writes at level %s what is of level %s', (level, code) => {
    const { log, lines } = capture();
    log.line({ code, message: 'a note' });
    expect(lines).toEqual([
      {
        level,
        line: `{"time":"2026-11-20T10:15:00.000Z","level":"${level}","code":"${code}","message":"a note"}`,
      },
    ]);
  });

  it.each(['a\r\n{"level":"error"}', 'a\u2028b', 'a\u0000b', 'a\u001b[31mb', 'a\u202Eb', 'a\u0085b'])(
    'stays one printable line for %j',
    (text) => {
      const line = lineOf({ message: text, secret: text });
      expect(line).toMatch(/^[\x20-\x7e]+$/);
      expect(JSON.parse(line)).toMatchObject({ code: 'DELIVERED', level: 'info' });
    },
  );

  it('shortens what is long', () => {
    const { message, name } = JSON.parse(lineOf({ message: 'm'.repeat(5000), name: 'n'.repeat(5000) }));
    expect(message).toBe(`${'m'.repeat(1023)}…`);
    expect(name).toBe(`${'n'.repeat(299)}…`);
  });

  it('never cuts a character in two', () => {
    const { message } = JSON.parse(lineOf({ message: `x${'😀'.repeat(1000)}` }));
    expect(message.isWellFormed()).toBe(true);
  });

  it('does not fail the work it describes when it cannot write', () => {
    const broken = (): never => {
      throw new Error('stdout is closed');
    };
    const log = createLog({ info: broken, warn: broken, error: broken }, { now: () => NOW });
    expect(() => log.line({ code: 'DELIVERED', message: 'written' })).not.toThrow();
    expect(() => createLog(console, { now: () => Number.NaN }).failure(new Error('no time'))).not.toThrow();
  });
});
