/** In the middle of the sorted numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
