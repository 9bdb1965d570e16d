import { Writable } from 'node:stream';

/** A terminal that somebody could look at: listr2 asks it for its width. */
export function aTerminal(): { stream: Writable; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk.toString('utf8'));
      done();
    },
  });
  return {
    stream: Object.assign(stream, { isTTY: true, columns: 120, rows: 40 }),
    text: () => chunks.join(''),
  };
}
