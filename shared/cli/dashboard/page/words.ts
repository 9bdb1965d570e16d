/** `3 min`, as the command says it. */
export function agoText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

/** How long something took: `0.8 s`, `2 min`. */
export function tookText(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : agoText(ms);
}

/** `1 cluster`, `12,000 targets`. */
export function many(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
}

export const shortVersion = (version: string): string => version.slice(0, 8);

export function dayText(time: string): string {
  return new Date(time).toLocaleDateString('en', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** A name for a command that people copy into a shell; what a shell takes for more than a word is asked for instead. */
export function shellWord(name: string, otherwise: string): string {
  return /^[A-Za-z0-9][\w.-]*$/.test(name) ? name : otherwise;
}
