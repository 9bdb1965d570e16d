import { useEffect, useState } from 'preact/hooks';
import type { Views } from '../views.ts';

/** Of every view the same. */
type Seen = Views['routes']['metadata'];

/** What the last answer said of how it was read, whichever view asked: the frame around them shows it. */
let last: Seen | undefined;
const listeners = new Set<(seen: Seen) => void>();

export function report(seen: Seen): void {
  last = seen;
  for (const tell of listeners) tell(seen);
}

export function useSeen(): Seen | undefined {
  const [seen, setSeen] = useState(last);
  useEffect(() => {
    listeners.add(setSeen);
    return () => void listeners.delete(setSeen);
  }, []);
  return seen;
}
