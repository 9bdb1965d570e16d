/** In the middle of the sorted numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** `p50 41 ms, max 87 ms` */
export function spread(numbers: readonly number[]): string {
  return `p50 ${Math.round(median(numbers))} ms, max ${Math.round(Math.max(...numbers))} ms`;
}
