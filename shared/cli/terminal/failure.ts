import { VaultcastError } from '../../errors.ts';
import type { ExitCode, Io } from './io.ts';
import { EXIT, note } from './io.ts';

/** Something the person at the keyboard can fix: what is wrong, and what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly advice: string;
  readonly exitCode: ExitCode;

  constructor(message: string, advice: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.advice = advice;
    this.exitCode = exitCode;
  }
}

const ADVICE: Partial<Record<VaultcastError['code'], string>> = {
  TOKEN_UNAVAILABLE: 'Sign in first, for example with: az login',
  CONFLICT: 'Nothing of the other change was overwritten.',
  REGISTRY_UNAVAILABLE:
    'Check --registry (or REGISTRY, REGISTRY__tableServiceUri), your role and the network.',
  STATUS_UNAVAILABLE:
    'Check --registry (or REGISTRY, REGISTRY__tableServiceUri), your role on its tables and the network.',
  QUEUE_UNAVAILABLE:
    'Check --storage (or AzureWebJobsStorage__queueServiceUri), your role Storage Queue Data Message Sender, the network.',
  VAULT_FORBIDDEN: 'Check --vault-url (or VAULTS), and your role Key Vault Secrets User on the vault.',
};

function textOf(error: unknown): { message: string; advice: string } {
  if (error instanceof CliError) return error;
  if (error instanceof VaultcastError) {
    const message = error.code === 'TOKEN_UNAVAILABLE' ? 'Azure gave no token' : error.message;
    return { message, advice: ADVICE[error.code] ?? 'Try again.' };
  }
  const name = error instanceof Error ? error.name : typeof error;
  return {
    message: `unexpected ${name}`,
    advice: 'Set VAULTCAST_DEBUG=1 to see where; please report it.',
  };
}

/** What failed, for commands that go on without it. */
export function reasonOf(error: unknown): string {
  return textOf(error).message;
}

/** Says in two lines what failed and what to do. Never a stack: those of SDKs quote their input. */
export function report(io: Io, error: unknown): ExitCode {
  if (io.signal.aborted) {
    note(io, 'Interrupted.');
    return EXIT.interrupted;
  }
  const { message, advice } = textOf(error);
  note(io, `Error: ${message}`);
  note(io, advice);
  if (io.env['VAULTCAST_DEBUG'] === '1' && error instanceof Error) note(io, error.stack ?? '');
  return error instanceof CliError ? error.exitCode : EXIT.failed;
}
