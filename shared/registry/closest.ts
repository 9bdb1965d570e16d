/** Edit distance with neighbours swapped counting once ("optimal string alignment"). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const plain = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      rows[i]?.push(swapped ? Math.min(plain, at(i - 2, j - 2) + 1) : plain);
    }
  }
  return at(a.length, b.length);
}

const LONGEST = 64;

/** The allowed name somebody most likely meant, or undefined when none is close. Letter case does not count. */
export function closest(written: string, allowed: readonly string[]): string | undefined {
  if (written.length > LONGEST) return undefined;
  const tolerance = Math.max(1, Math.floor(written.length / 3));
  const ranked = allowed
    .map((name) => ({ name, far: distance(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ far }) => far <= tolerance)
    .toSorted((a, b) => a.far - b.far);
  return ranked[0]?.name;
}
