/** A text that left the app, and where it went. */
export interface Captured {
  where: string;
  text: string;
}

/** The part of a text's base64 that is the same whatever stands before and after the text: one of three, by alignment. */
function base64Inside(secret: Buffer, before: 0 | 1 | 2, encoding: 'base64' | 'base64url'): string {
  const encoded = Buffer.concat([Buffer.alloc(before), secret]).toString(encoding);
  const start = [0, 2, 3][before];
  return encoded.slice(start, Math.floor(((before + secret.length) * 4) / 3));
}

const asciiJson = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Everything a secret may look like in a text. */
export function spellings(secret: string): Record<string, string> {
  const bytes = Buffer.from(secret);
  const url = encodeURIComponent(secret);
  return {
    raw: secret,
    ...Object.fromEntries(
      ([0, 1, 2] as const).flatMap((before) =>
        (['base64', 'base64url'] as const).map((encoding) => [
          `${encoding} at ${before}`,
          base64Inside(bytes, before, encoding),
        ]),
      ),
    ),
    hex: bytes.toString('hex'),
    'upper-case hex': bytes.toString('hex').toUpperCase(),
    'URL-encoded': url,
    'form-encoded': url.replaceAll('%20', '+'),
    'JSON-escaped': JSON.stringify(secret).slice(1, -1),
    'ASCII JSON': asciiJson(secret),
  };
}

const FRAGMENT = 8;

/** An excerpt in an error message is a leak, too: any run of this many characters. */
function fragments(secret: string): string[] {
  return Array.from({ length: Math.max(1, secret.length - FRAGMENT + 1) }, (_, at) =>
    secret.slice(at, at + FRAGMENT),
  );
}

/** Queue messages are base64 of JSON: what is inside counts. */
function layersOf(text: string): string[] {
  const runs = text.match(/[A-Za-z0-9+/]{24,}={0,2}/g) ?? [];
  return [text, ...runs.map((run) => Buffer.from(run, 'base64').toString('utf8'))];
}

/** What to search for, worked out once: a run leaves thousands of texts. */
function needlesOf(secret: string): { spelling: string; text: string }[] {
  const whole = Object.entries(spellings(secret)).map(([spelling, text]) => ({ spelling, text }));
  return [...whole, ...fragments(secret).map((text) => ({ spelling: 'an excerpt', text }))];
}

/** Where a secret can be read, and how it is spelled there; the secret itself is not repeated. */
export function leaksIn(captured: readonly Captured[], secrets: readonly string[]): string[] {
  const needles = [...new Set(secrets)].map(needlesOf);
  return captured.flatMap(({ where, text }) =>
    layersOf(text).flatMap((layer) =>
      needles.flatMap((known, index) => {
        const found = known.find((needle) => layer.includes(needle.text));
        return found === undefined ? [] : [`secret ${index} as ${found.spelling} in ${where}`];
      }),
    ),
  );
}
