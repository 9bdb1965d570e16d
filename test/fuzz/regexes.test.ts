import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { regexesIn } from './regex-literals.ts';

const ROOT = join(import.meta.dirname, '../..');
const SIZE = 100_000;
/** Of the processor. Linear ones need a few for 100 kB; squared ones several thousand, and the rest does not end. */
const BOUND_MS = 1000;
/** What is squared shows at a fifth of the size already. */
const GLANCE = { size: SIZE / 5, ms: 15 };

const files = ['shared', 'functions'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);
const found = files.flatMap((file) =>
  regexesIn(readFileSync(join(ROOT, file), 'utf8')).map((regex) => ({ file, ...regex })),
);

const UNITS = [
  'a',
  'A',
  '0',
  '-',
  '--',
  '.',
  '/',
  '\\',
  ' ',
  '\n',
  '\t',
  "'",
  '"',
  '=',
  ';',
  ':',
  '~',
  '_',
  '*',
  '%',
  '[',
  'é',
  '\u{1F511}',
];
const ENDS = ['', '!', '\n', '/a', '-', '\0'];

/** What the pattern itself says plainly, such as `-----BEGIN `: repetitions matter most behind and inside of it. */
function wordsOf(source: string): string[] {
  const plain = source.replaceAll(/\\[sdwSDWbB]|\\p\{\w+\}|\(\?:|\(\?<\w+>/g, '|').replaceAll(/\\(.)/g, '$1');
  return [...new Set(plain.match(/[^()[\]{}|*+?^$]{2,}/g) ?? [])].slice(0, 4);
}

interface Attack {
  start: string;
  unit: string;
  end: string;
}

function attacksOn(source: string): Attack[] {
  const words = wordsOf(source);
  const units = [...UNITS, ...words, ...words.map((word) => word.charAt(word.length - 1))];
  return ['', ...words, words.join('')].flatMap((start) =>
    units.flatMap((unit) => ENDS.map((end) => ({ start, unit, end }))),
  );
}

const textOf = ({ start, unit, end }: Attack, size: number): string =>
  start + unit.repeat(Math.ceil(size / unit.length)) + end;

const PROBE = new Script(`(() => {
  const began = now();
  regex.test(text);
  return now() - began;
})()`);

/** Of this thread, ms: what others do on the machine does not count. */
function now(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** What does not end is stopped after so long, by the clock: a thousand times what a good one needs. */
const STOP_MS = 3 * BOUND_MS;

/** Milliseconds; Infinity when it had to be stopped. */
function timeOf(regex: RegExp, text: string): number {
  try {
    return PROBE.runInNewContext({ regex, text, now }, { timeout: STOP_MS }) as number;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** The longest it takes for 100 kB, in milliseconds; the search ends at the first text that takes too long. */
function slowest({ source, flags }: { source: string; flags: string }): number {
  // A sticky one is tried at one place only.
  const placed = flags.includes('y') ? `^(?:${source})` : source;
  const regex = new RegExp(placed, flags.replaceAll(/[gy]/g, ''));
  const isLong = (text: string): boolean => {
    const began = now();
    regex.test(text);
    return now() - began > GLANCE.ms;
  };
  let longest = 0;
  for (const attack of attacksOn(source)) {
    // What doubles with every character shows in a few of them, and would not end with more.
    const isSuspect = isLong(textOf(attack, 28)) || isLong(textOf(attack, GLANCE.size));
    if (isSuspect) longest = Math.max(longest, timeOf(regex, textOf(attack, SIZE)));
    if (longest > BOUND_MS) break;
  }
  return longest;
}

describe('the search for regular expressions', () => {
  it.each([
    ['const a = /x+/g;', ['x+']],
    ['f(/[/"]\\//)', ['[/"]\\/']],
    ["const b = 1 / 2 / 3; // a /b/\nconst c = '/d/';", []],
    ['const t = `${u.replace(/v+/, w)}/x/`;', ['v+']],
    ['const d = `/x/`; return /y$/.test(z)', ['y$']],
    ['/* /no/ */ x ? /yes/ : /no+/', ['yes', 'no+']],
  ])('finds the regular expressions in %s', (text, sources) => {
    expect(regexesIn(text).map(({ source }) => source)).toEqual(sources);
  });

  it('finds many regular expressions in the sources', () => {
    expect(found.length).toBeGreaterThan(60);
  });

  it('knows a regular expression that explodes', () => {
    expect(slowest({ source: '^(?:a+)+$', flags: '' })).toBeGreaterThan(BOUND_MS);
    expect(slowest({ source: '\\/+$', flags: '' })).toBeGreaterThan(BOUND_MS);
  });
});

describe('no text of 100 kB keeps long', () => {
  it.each(found)('$file:$line /$source/$flags', (regex) => {
    expect(slowest(regex)).toBeLessThan(BOUND_MS);
  });
});
