import { PassThrough } from 'node:stream';
import { main } from '../../../shared/cli/main.ts';
import type { Arm } from '../../../shared/cli/connect/arm.ts';
import type { Ran } from '../run.ts';

/** Runs a command with somebody who answers each question, in order; a question that is not awaited is an error. */
export async function dialogue(
  args: readonly string[],
  { env, arm }: { env: Record<string, string>; arm: Arm },
  answers: readonly (readonly [question: string, answer: string])[],
): Promise<Ran> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const due = [...answers];
  let [out, err] = ['', ''];
  stdout.on('data', (chunk: Buffer) => void (out += chunk.toString('utf8')));
  stderr.on('data', (chunk: Buffer) => {
    const text = chunk.toString('utf8');
    err += text;
    if (!text.endsWith(': ')) return;
    const [question, answer] = due.shift() ?? ['no question', ''];
    if (!text.includes(question)) throw new Error(`asked ${text} instead of ${question}`);
    stdin.write(`${answer}\n`);
  });
  const io = {
    stdin,
    stdout,
    stderr,
    interactive: true,
    colour: false,
    env,
    signal: AbortSignal.timeout(20_000),
  };
  const code = await main(args, io, { openArm: () => Promise.resolve(arm) });
  if (due.length > 0) throw new Error(`never asked ${due.map(([question]) => question).join(', ')}`);
  return { code, out, err };
}
