/** One JSON line on stdout, as the app's own logger writes. */
export function say(line: Record<string, unknown>): void {
  console.log(JSON.stringify(line));
}
