import { getBorderCharacters, table } from 'table';

/** Columns two spaces apart, no lines: for eyes, and for `awk`. The first row is the heading. */
export function tableText(rows: readonly (readonly string[])[], longest = Number.POSITIVE_INFINITY): string {
  const cells = rows.map((row) =>
    row.map((cell) => (cell.length > longest ? `${cell.slice(0, longest - 1)}…` : cell)),
  );
  const drawn = table(cells, {
    border: getBorderCharacters('void'),
    columnDefault: { paddingLeft: 0, paddingRight: 2 },
    drawHorizontalLine: () => false,
  });
  return drawn
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
}
