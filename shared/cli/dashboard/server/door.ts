import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Of a request what decides whether it is let in. */
interface Knock {
  method: string;
  /** Path and query as sent. */
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Whether another user of this machine is known to ask. */
  isNeighbours?: boolean;
}

type Verdict =
  /** The one-time token: the answer sets this cookie, and leads to the page. */
  | { kind: 'enter'; cookie: string; page: string }
  /** `path` is what is asked for, without the session's own part. */
  | { kind: 'pass'; path: string; query: URLSearchParams }
  | { kind: 'refuse'; status: Refusal; why: string };

type Refusal = 400 | 403 | 405 | 413;

interface Door {
  /** For a browser to open: works once, and not for ever. */
  address: string;
  /** Whether this is the address, whoever asks for it. */
  isEntrance(url: string): boolean;
  judge(knock: Knock): Verdict;
}

/** Long enough to find the window of the browser. */
const TOKEN_MS = 10 * 60_000;
const COOKIE = 'vaultcast';
const HEADER = 'x-vaultcast';
/** Of what a page sends to have something done, in bytes. */
const BODY_MAX = 4096;

/**
 * Lets in who opened the address that the command printed, and nobody else: neither other sites in the same browser, nor
 * names that somebody points at this machine, nor other people on it.
 *
 * Cookies know no ports: any server on 127.0.0.1 gets those of `/`. So the session has a path of its own that nobody can
 * guess, and its cookie goes nowhere else.
 */
export function createDoor(port: number, now: () => number = Date.now): Door {
  const [token, session, path] = [secret(), secret(), secret().slice(0, 12)];
  const base = `/${path}/`;
  // As browsers say it: of port 80 nothing.
  const hosts = ['127.0.0.1', 'localhost'].map((name) => new URL(`http://${name}:${port}`).host);
  const until = now() + TOKEN_MS;
  let isUsed = false;

  function enter(given: string, isNeighbours: boolean): Verdict {
    if (isNeighbours)
      return refusal(403, 'Another user of this machine asked for this: open it as the one who started it.');
    if (!isSame(given, token)) return refusal(403, 'This address has a wrong token.');
    if (isUsed || now() > until) return refusal(403, 'This address works once, and only for ten minutes.');
    isUsed = true;
    return {
      kind: 'enter',
      page: base,
      cookie: `${COOKIE}=${session}; HttpOnly; SameSite=Strict; Path=${base}`,
    };
  }

  return {
    address: `http://127.0.0.1:${port}/?token=${token}`,
    // However it is spelt: `/./?` and `/%2e/?` are the same place.
    isEntrance: (url) => isEntrance(locationOf(url)),
    judge(knock) {
      const headers = headersOf(knock);
      const foreign = whyForeign(knock.method, headers, hosts);
      if (foreign !== undefined) return foreign;
      const url = locationOf(knock.url);
      if (url === null) return refusal(400, 'That is no path.');
      const { pathname, searchParams: query } = url;
      if (isEntrance(url) && knock.method === 'GET')
        return enter(query.get('token') ?? '', knock.isNeighbours ?? false);
      // Every port of this machine is the same site, and not the same origin.
      if (!['', 'none', 'same-origin'].includes(headers('sec-fetch-site')))
        return refusal(403, 'Another site asked for this.');
      if (!pathname.startsWith(base) || !isSame(cookieOf(headers('cookie')), session))
        return refusal(403, 'Open the address that vaultcast dashboard printed.');
      return { kind: 'pass', path: pathname.slice(base.length), query };
    },
  };
}

const secret = (): string => randomBytes(24).toString('base64url');

/** A path, and no whole address, as proxies are sent. */
function locationOf(url: string): URL | null {
  return url.startsWith('/') ? URL.parse(`http://127.0.0.1${url}`) : null;
}

const isEntrance = (url: URL | null): boolean => url?.pathname === '/';

function refusal(status: Refusal, why: string): Verdict {
  return { kind: 'refuse', status, why };
}

type Headers = (name: string) => string;

/** One that is sent several times says nothing. */
function headersOf({ headers }: Knock): Headers {
  return (name) => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
}

/** Whether it comes from another site, or by another name; `Origin` is sent by browsers alone, and then it must be ours. */
function whyForeign(method: string, headers: Headers, hosts: readonly string[]): Verdict | undefined {
  const host = headers('host');
  if (!hosts.includes(host)) return refusal(403, 'This server has no such name.');
  if (method !== 'GET' && method !== 'POST') return refusal(405, 'GET or POST.');
  const origin = headers('origin');
  const isOwn = origin === `http://${host}`;
  if (origin !== '' && !isOwn) return refusal(403, 'Another origin asked for this.');
  return method === 'GET' ? undefined : whyNoChange(headers, isOwn);
}

/** What only the page itself can send, and no form or image of another site. */
function whyNoChange(headers: Headers, isOwn: boolean): Verdict | undefined {
  if (!isOwn || headers(HEADER) !== 'dashboard')
    return refusal(403, 'Only the page itself may ask for a change.');
  if (headers('content-type') !== 'application/json') return refusal(400, 'Send application/json.');
  const length = Number(headers('content-length') || Infinity);
  return length > BODY_MAX ? refusal(413, 'Say in advance how long it is, and write less.') : undefined;
}

function cookieOf(header: string): string {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? '';
}

/** In the same time, however much of it is right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
