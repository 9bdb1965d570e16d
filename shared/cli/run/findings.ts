import type { Output } from '../../output/json-schema.ts';
import { wrapped, wrappedAfter } from '../output/wrapped.ts';
import { paint, styleOf } from '../terminal/text.ts';
import type { Io } from '../terminal/io.ts';

type Finding = NonNullable<Output<'Run'>['status']['findings']>[number];

const INDENT = '        ';

/** Findings of a check, each fix once: below the last one of a row that it fixes. */
export function findingLines(io: Io, findings: readonly Finding[]): string[] {
  const said = new Set<string>();
  return findings.flatMap((finding, at) => {
    const { level, step, message, fix } = finding;
    const head = `  ${paint(io, styleOf(level) ?? 'dim', level.padEnd(4))}  `;
    const lines = wrappedAfter(io, head, INDENT.length, `${step}: ${message}`);
    if (fix === undefined || findings[at + 1]?.fix === fix || said.has(fix)) return lines;
    said.add(fix);
    return [...lines, ...wrapped(io, `fix: ${fix}`, INDENT)];
  });
}
