import { spawn } from 'node:child_process';

/** Python has pseudo-terminals, Node has none. */
const PYTHON = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
/** A new pseudo-terminal has no size. */
const SIZED = ['sh', '-c', 'stty cols 100 rows 30; exec "$@"', 'sh'];

export interface TerminalSession {
  code: number;
  /** All that the terminal showed, control sequences included: there both streams are one. */
  shown: string;
}

/**
 * Runs a program on a terminal of 100 columns and 30 lines.
 * @param answers what is typed when the terminal shows a text, each once
 */
export function onTerminal(
  command: readonly string[],
  options: { cwd: string; env: Record<string, string>; answers?: Readonly<Record<string, string>> },
): Promise<TerminalSession> {
  const { cwd, answers = {} } = options;
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, TERM: 'xterm-256color', ...options.env };
  const child = spawn('python3', ['-c', PYTHON, ...SIZED, ...command], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const due = new Map(Object.entries(answers));
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    for (const [question, answer] of due) {
      if (!shown.includes(question)) continue;
      due.delete(question);
      child.stdin.write(answer);
    }
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code: code ?? -1, shown }));
  });
}
