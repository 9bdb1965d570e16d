import { useEffect, useState } from 'preact/hooks';

/** Where the page is: `#/secret/team/app-1--pg` is `secret`, then its words. */
interface Place {
  view: string;
  words: readonly string[];
  query: URLSearchParams;
}

function placeIn(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view = '', ...words] = path.split('/').map(decoded);
  return { view: view === '' ? 'fleet' : view, words, query: new URLSearchParams(query) };
}

/** Whatever somebody typed there. */
function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

/** For `href`: words may hold anything. */
export function link(view: string, ...words: readonly string[]): string {
  return `#/${[view, ...words].map(encodeURIComponent).join('/')}`;
}

/** The list of targets, filtered. */
export function targetsLink(query: Readonly<Record<string, string>>): string {
  return `#/targets?${String(new URLSearchParams(query))}`;
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeIn(location.hash));
  useEffect(() => {
    const follow = (): void => setPlace(placeIn(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return place;
}

/** A word of the address that is no place: who goes on and comes back finds what was looked for. */
export function useWord(name: string): [text: string, set: (text: string) => void] {
  const read = (): string => placeIn(location.hash).query.get(name) ?? '';
  const [text, setText] = useState(read);
  useEffect(() => {
    const follow = (): void => setText(read());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, [name]);
  const set = (next: string): void => {
    setText(next);
    keep(withWord(location.hash, name, next));
  };
  return [text, set];
}

function keep(hash: string): void {
  try {
    history.replaceState(null, '', hash);
  } catch {
    // Some browsers take a hundred of these in half a minute, and throw at who types faster: the next one will do.
  }
}

function withWord(hash: string, name: string, word: string): string {
  const [path = '', query = ''] = (hash === '' ? '#/' : hash).split('?');
  const words = new URLSearchParams(query);
  if (word === '') words.delete(name);
  else words.set(name, word);
  return words.size === 0 ? path : `${path}?${String(words)}`;
}
