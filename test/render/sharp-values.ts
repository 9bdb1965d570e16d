import fc from 'fast-check';
import type { Floor, Saw } from '../support/reach.ts';

/** Texts of the characters that formats trip over. */
const SHARP = `\0 \r\n \n \r \t = : # ! ' " \` \\ \\n $ { } %`.split(' ');
const WIDE = 'ä ß € 🔑 \u2028 \u2029 \u0085 \uFEFF \u007f \u200b ~'.split(' ').concat(' ', '  ', '- ');
const units = fc.constantFrom(...SHARP, ...WIDE, 'a', 'B', '0', 'null', 'true', '1.10', 'yes');

const unitsOf = (minLength: number, maxLength: number) =>
  fc.array(units, { minLength, maxLength, size: 'max' }).map((parts) => parts.join(''));

export const sharpValue = fc.oneof(
  { weight: 4, arbitrary: unitsOf(8, 20) },
  { weight: 1, arbitrary: unitsOf(0, 3) },
  {
    weight: 2,
    arbitrary: fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => text.isWellFormed()),
  },
);

const KINDS = {
  NUL: /\0/,
  CRLF: /\r\n/,
  '=': /=/,
  '#': /#/,
  quotes: /['"`]/,
  'beyond ASCII': /[^\0-\x7f]/,
} as const;

type Kind = keyof typeof KINDS;

const one = { least: 0.1, because: 'it is one of forty units' } as const;

/** How often values must hold what formats trip over. */
export const FLOORS: Readonly<Record<Kind, Floor>> = {
  NUL: one,
  CRLF: one,
  '=': one,
  '#': one,
  quotes: 'often',
  'beyond ASCII': 'often',
};

export function sawSharp(saw: Saw<Kind>, value: string): void {
  for (const [kind, pattern] of Object.entries(KINDS)) saw(kind as Kind, pattern.test(value));
}
