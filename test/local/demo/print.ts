import { styleText } from 'node:util';
import { getBorderCharacters, table } from 'table';

type Style = Parameters<typeof styleText>[0];

/** Coloured on a terminal that wants colours, plain everywhere else. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

export function print(text = ''): void {
  process.stdout.write(`${text}\n`);
}

const indented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');

export function heading(number: number, text: string): void {
  print(`\n${paint('bold', `${number}. ${text}`)}`);
}

/** A sentence of the one who tells. */
export function say(text: string): void {
  print(indented(text));
}

/** What somebody typed, and what came back. */
export function command(typed: string, printed: string): void {
  print(`  ${paint('cyan', `$ ${typed}`)}`);
  print(paint('dim', indented(printed)));
}

export function happened(text: string): void {
  print(`  ${paint('green', '✔')} ${text}`);
}

export function printTable(rows: readonly (readonly string[])[]): void {
  const [head = [], ...body] = rows;
  const cells = [head.map((cell) => paint('bold', cell)), ...body.map((row) => [...row])];
  const text = table(cells, {
    border: getBorderCharacters('norc'),
    drawHorizontalLine: (line, count) => line < 2 || line === count,
  });
  print(indented(text));
}
