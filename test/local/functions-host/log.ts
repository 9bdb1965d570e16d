/** A line of the host's own log. The real one writes to Application Insights; here stderr stands for it. */
export function logLine(line: string): void {
  process.stderr.write(`${line}\n`);
}
