const isBase64 = (plain: string) => plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);

const PADDING = 0x3d;

/** Where Go gives up when the first character outside the alphabet is padding in its place. */
function paddingFault(data: Buffer, offsets: number[], first: number): number {
  const [at = 0, second, third] = offsets.slice(first);
  if (first % 4 === 3 || second === undefined) return second ?? data.length;
  return data[second] === PADDING ? (third ?? data.length) : at;
}

/** The first byte at which Go's base64.StdEncoding gives up; undefined: it is valid. Line breaks are skipped. */
export function illegalBase64(text: string): number | undefined {
  if (isBase64(text.replaceAll(/[\r\n]/g, ''))) return undefined;
  const data = Buffer.from(text, 'utf8');
  const offsets = [...data.keys()].filter((at) => data[at] !== 10 && data[at] !== 13);
  const first = offsets.findIndex((at) => !/[A-Za-z0-9+/]/.test(String.fromCharCode(data[at] ?? 0)));
  if (first < 0) return data.length - (offsets.length % 4);
  const at = offsets[first] ?? 0;
  return data[at] === PADDING && first % 4 > 1 ? paddingFault(data, offsets, first) : at;
}
